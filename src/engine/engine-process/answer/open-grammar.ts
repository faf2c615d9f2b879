import { BackendError } from '../../../backend/backend-error.ts';
import type { BoundModel, NativeGrammarState } from '../model/binding.ts';

/**
 * Opens the grammar of one request; undefined stays undefined. The sender has checked it with `checkGbnf`,
 * which takes as long as llama.cpp's parser and would block every stream here.
 */
export function openGrammar(model: BoundModel, text: string | undefined): NativeGrammarState | undefined {
  if (text === undefined) {
    return undefined;
  }
  try {
    return model.openGrammar(text);
  } catch (error) {
    throw new BackendError('unsupported_grammar', 'The grammar does not parse.', { cause: error });
  }
}
