export const auditActions = [
  'key.created',
  'key.updated',
  'key.disabled',
  'key.enabled',
  'key.rotated',
  'key.revoked',
  'key.deleted',
  'project.created',
  'project.updated',
  'project.deleted',
  'config.reloaded',
] as const;

export type AuditAction = (typeof auditActions)[number];

/** The author of a change: a key, the key of the environment, a local command, or the server at startup. */
export interface AuditActor {
  readonly kind: 'key' | 'environment' | 'command-line' | 'server';
  /** A key's id, or the name of the account that ran the command. */
  readonly id: string;
  readonly name: string;
}

/** One change of a key, a project or the configuration. It holds no secret, and no hash of one. */
export interface AuditEntry {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly objectId: string;
  /** The name that it had after the change. */
  readonly objectName: string;
  /** The fields that changed and their new values. */
  readonly changes: Readonly<Record<string, unknown>>;
}
