import { BackendError } from '../../backend/backend-error.ts';
import { checkGbnf } from '../../grammar/check-gbnf.ts';
import { grammarBytesMax } from '../../grammar/grammar-limits.ts';
import { UnsupportedSchemaError } from '../../grammar/unsupported-schema-error.ts';
import type { BoundModel, NativeGrammarState } from './binding.ts';

/** Opens the grammar of one request; undefined stays undefined. Throws a `BackendError` that says why not. */
export function openGrammar(model: BoundModel, text: string | undefined): NativeGrammarState | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (Buffer.byteLength(text) > grammarBytesMax) {
    throw new BackendError(
      'unsupported_grammar',
      `The grammar is too large: it may have ${grammarBytesMax} bytes.`,
    );
  }
  try {
    checkGbnf(text);
    return model.openGrammar(text);
  } catch (error) {
    const message = error instanceof UnsupportedSchemaError ? error.message : 'The grammar does not parse.';
    throw new BackendError('unsupported_grammar', message, { cause: error });
  }
}
