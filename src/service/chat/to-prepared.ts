import type { Backend } from '../../backend/backend.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import type { PreparedAnswer } from './prepare-answer.ts';
import { shownSchemaCharactersMax, showSchema } from './show-schema.ts';

/** The request for a backend, with the compiled grammars, and with the schema in the system message. */
export function toPrepared(
  request: GenerationRequest,
  { grammar, toolUse }: PreparedAnswer,
  backend: Backend,
  options: { readonly showSchema: boolean },
): GenerationRequest {
  const { outputFormat, prompt } = request;
  const contextLength = backend.describe()?.contextLength ?? shownSchemaCharactersMax;
  return {
    ...request,
    grammar,
    toolUse,
    prompt:
      // Only a conversation has a place for it: any other prompt is what its client made it.
      options.showSchema && outputFormat && grammar !== undefined && prompt.kind === 'chat'
        ? {
            ...prompt,
            messages: showSchema(prompt.messages, outputFormat, contextLength, toolUse?.choice === 'auto'),
          }
        : prompt,
  };
}
