import { z } from 'zod';
import { textContentSchema } from './chat-message.ts';

/** What the client expects as the answer. */
export const predictionSchema = z
  .object({
    type: z.literal('content'),
    content: textContentSchema,
  })
  .nullish()
  .describe(
    'What the answer is likely to be, such as a file of which little is to be changed: its tokens are tried before the model draws them, and the answer comes faster where they are right. It changes nothing of the answer itself, and goes together with every other parameter. `completion_tokens_details` tells how many tokens were accepted and rejected; rejected ones are no part of `completion_tokens`.',
  );
