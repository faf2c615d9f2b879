/**
 * Why a file can't be used as a model.
 *
 * `not_gguf`: another file format. `unsupported_version`: a GGUF version that Gravix and llama.cpp don't
 * read. `damaged_header`: an invalid header. `header_too_large`: a larger header than any model has.
 * `truncated`: the file ends before its tensors. `not_a_language_model`: an adapter, a projector or similar.
 * `unknown_architecture`, `unknown_tensor_type`: not supported by this engine. `insufficient_memory`: the
 * weights and a short context exceed the machine's memory.
 */
export type ModelCheckErrorCode =
  | 'not_gguf'
  | 'unsupported_version'
  | 'damaged_header'
  | 'header_too_large'
  | 'truncated'
  | 'not_a_language_model'
  | 'unknown_architecture'
  | 'unknown_tensor_type'
  | 'insufficient_memory'
  | 'damaged_parameters';

/** A model file that is refused; the message is one sentence for the person who wants to use it. */
export class ModelCheckError extends Error {
  readonly code: ModelCheckErrorCode;

  constructor(code: ModelCheckErrorCode, message: string) {
    super(message);
    this.name = 'ModelCheckError';
    this.code = code;
  }
}
