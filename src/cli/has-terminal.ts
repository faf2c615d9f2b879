import { closeSync, openSync } from 'node:fs';

/** Whether this process belongs to a terminal, whose end sends it SIGHUP. Redirected output does not change that. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
