import { userInfo } from 'node:os';
import type { AuditActor } from '../service/keys/audit.ts';

/** The account that runs a command, as the log of changes names it. */
export function toCommandActor(): AuditActor {
  const name = readAccountName();
  return { kind: 'command-line', id: name, name };
}

/** A container may run under a number that has no name. */
function readAccountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
