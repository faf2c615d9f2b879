import type { KeyServiceError, KeyServiceErrorCode } from '../service/keys/key-service-error.ts';

/** What an operator asked of keys and projects and can't be done. */
export type KeyFailureCode =
  | 'key_not_found'
  | 'project_not_found'
  | 'invalid_key_field'
  | 'name_taken'
  | 'too_many_keys'
  | 'too_many_projects'
  | 'key_revoked'
  | 'last_admin_key'
  | 'project_in_use';

export interface KeyFailure {
  readonly code: KeyFailureCode;
  /** The field at fault. */
  readonly param: string | null;
}

/** Undefined: only a command meets it. */
export function toKeyFailure({ code }: KeyServiceError): KeyFailure | undefined {
  switch (code) {
    case 'unknown_key':
    case 'environment_key':
      return { code: 'key_not_found', param: 'key_id' };
    case 'unknown_project':
      return { code: 'project_not_found', param: 'project_id' };
    case 'already_revoked':
      return { code: 'key_revoked', param: 'key_id' };
    case 'name_taken':
      return { code, param: 'name' };
    case 'too_many_keys':
    case 'too_many_projects':
    case 'last_admin_key':
    case 'project_in_use':
      return { code, param: null };
    case 'ambiguous_name':
    case 'invalid_environment_key':
    case 'invalid_key_file':
      return undefined;
    default:
      return { code: 'invalid_key_field', param: toFieldName(code) };
  }
}

type FieldErrorCode = Exclude<
  KeyServiceErrorCode,
  | 'unknown_key'
  | 'environment_key'
  | 'unknown_project'
  | 'already_revoked'
  | 'name_taken'
  | 'too_many_keys'
  | 'too_many_projects'
  | 'last_admin_key'
  | 'project_in_use'
  | 'ambiguous_name'
  | 'invalid_environment_key'
  | 'invalid_key_file'
>;

function toFieldName(code: FieldErrorCode): string {
  switch (code) {
    case 'unknown_cursor':
      return 'after';
    case 'invalid_expiry':
      return 'expires_at';
    case 'invalid_overlap':
      return 'overlap_seconds';
    case 'invalid_project':
    case 'invalid_name':
    case 'invalid_scopes':
    case 'invalid_models':
    case 'invalid_limits':
    case 'invalid_budget':
    case 'invalid_metadata':
      return code.slice('invalid_'.length);
  }
}
