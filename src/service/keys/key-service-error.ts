export type KeyServiceErrorCode =
  | 'unknown_key'
  | 'ambiguous_name'
  | 'already_revoked'
  | 'environment_key'
  | 'invalid_name'
  | 'invalid_expiry'
  | 'invalid_environment_key'
  | 'invalid_key_file';

/** What an operator asked of the keys can't be done. Its message is a sentence with the way out. */
export class KeyServiceError extends Error {
  readonly code: KeyServiceErrorCode;

  constructor(code: KeyServiceErrorCode, message: string) {
    super(message);
    this.name = 'KeyServiceError';
    this.code = code;
  }
}
