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
      `Variables for the model's chat template, such as \`enable_thinking\`: up to ${templateVariablesMax}, together at most ${templateVariablesCharactersMax} characters of JSON with ${templateVariablesDepthMax} levels. Their texts never become control tokens. What makes the prompt (\`messages\`, \`tools\` and so on) is refused here, and so is a name that the template does not have, unless its value is false or null.`,
    ),
  continue_final_message: z.boolean().nullish().meta({
    default: false,
    description:
      "Go on with the last message, which must be the assistant's and have no calls, in place of a new turn. The answer has the continuation alone, and a form of the answer holds for that alone. Not where a call is forced.",
  }),
  add_generation_prompt: z.boolean().nullish().meta({
    description:
      'Begin a new turn of the assistant. It follows from `continue_final_message` and need not be given: true, or false where that is true.',
  }),
};
