export type KeyServiceErrorCode =
  | 'unknown_key'
  | 'unknown_project'
  | 'unknown_cursor'
  | 'ambiguous_name'
  | 'name_taken'
  | 'too_many_keys'
  | 'too_many_projects'
  | 'already_revoked'
  | 'last_admin_key'
  | 'project_in_use'
  | 'environment_key'
  | 'invalid_project'
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

/** A request of an operator about keys that can't be fulfilled. The message explains the remedy. */
export class KeyServiceError extends Error {
  readonly code: KeyServiceErrorCode;

  constructor(code: KeyServiceErrorCode, message: string) {
    super(message);
    this.name = 'KeyServiceError';
    this.code = code;
  }
}
