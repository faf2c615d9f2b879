export type KeyServiceErrorCode =
  | 'unknown_key'
  | 'unknown_project'
  | 'unknown_cursor'
  | 'ambiguous_name'
  | 'name_taken'
  | 'already_revoked'
  | 'last_admin_key'
  | 'project_in_use'
  | 'environment_key'
  | 'invalid_name'
  | 'invalid_expiry'
  | 'invalid_scopes'
  | 'invalid_models'
  | 'invalid_limits'
  | 'invalid_budget'
  | 'invalid_metadata'
  | 'invalid_overlap'
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
