import { z } from 'zod';
import { textContentSchema } from './chat-message.ts';

/** The answer that the client expects. */
export const predictionSchema = z
  .object({
    type: z.literal('content'),
    content: textContentSchema,
  })
  .nullish()
  .describe(
    'The likely content of the answer, for example a file with few changes. Its tokens are tried before the model generates them, so the answer is faster where they match. It never changes the answer and works with every other parameter. `completion_tokens_details` counts accepted and rejected tokens; rejected tokens are not part of `completion_tokens`.',
  );
