import { z } from 'zod';
import { isJsonObject } from '../shared/json-object.ts';

/** Variables of one request. */
export const templateVariablesMax = 64;

/** UTF-16 code units of all variables as JSON. */
export const templateVariablesCharactersMax = 4_096;

/** Objects and lists inside of each other, the parameter itself included. */
export const templateVariablesDepthMax = 8;

/** The members of a request that say how its conversation becomes the model's prompt. */
export const templateFields = {
  // It passes as it came and is checked by `findTemplateVariablesProblem`: zod would name a client's own keys.
  chat_template_kwargs: z
    .unknown()
    .refine(isJsonObject, { params: { expected: 'object' } })
    .meta({ type: 'object', maxProperties: templateVariablesMax })
    .nullish()
    .describe(
      `Variables for the model's chat template, such as \`enable_thinking\`: up to ${templateVariablesMax}, with at most ${templateVariablesCharactersMax} characters of JSON and ${templateVariablesDepthMax} levels in total. Their texts never become control tokens. Variables that form the prompt (\`messages\`, \`tools\` and others) are refused. So are names that the template doesn't use, unless the value is false or null.`,
    ),
  continue_final_message: z.boolean().nullish().meta({
    default: false,
    description:
      'Continue the last message instead of starting a new turn. It must be an assistant message without calls. The answer contains only the continuation, and a response format applies to that part only. Not allowed with a forced call.',
  }),
  add_generation_prompt: z.boolean().nullish().meta({
    description:
      'Start a new assistant turn. It follows from `continue_final_message` and is not required: it must be false if that is true, and otherwise true.',
  }),
};
