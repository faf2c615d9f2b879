import type { Config } from '../config/config.ts';

/** Thrown if the server can't listen on the address. The message explains why and what to do. */
export class ListenError extends Error {
  constructor(config: Config, cause: unknown) {
    super(describeListenFailure(config, cause), { cause });
    this.name = 'ListenError';
  }
}

/** Explains why the server can't listen on an address, and what to do. */
export function describeListenFailure({ host, port }: Pick<Config, 'host' | 'port'>, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Another program uses port ${port}. Stop it, or choose another port with --port or PORT.`;
    case 'EACCES':
      return `This user may not use port ${port}. Choose one above 1023 with --port or PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `The address ${host} does not belong to this machine. Choose another with --host.`;
    default:
      return `Listening on ${host}:${port} failed: ${cause instanceof Error ? cause.message : String(cause)}.`;
  }
}
