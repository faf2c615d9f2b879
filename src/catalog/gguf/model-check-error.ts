/**
 * Why a file can't be used as a model.
 *
 * `not_gguf`: its first bytes are another format's. `unsupported_version`: a GGUF that we and llama.cpp don't read.
 * `damaged_header`: what its header says can't be. `header_too_large`: it says more than any model does.
 * `truncated`: the file ends before its tensors do. `not_a_language_model`: an adapter, a projector or the like.
 * `unknown_architecture`, `unknown_tensor_type`: this engine has no code for it. `insufficient_memory`: the machine
 * has less than its weights and a short context need.
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
