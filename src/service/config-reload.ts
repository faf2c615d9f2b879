import type { AuditActor } from '../store/audit-entry.ts';
import type { KeyStore } from '../store/key-store.ts';
import { createAuditEntry } from './keys/audit.ts';
import { ServiceError } from './service-error.ts';

/** What a reload of the configuration did. */
export interface ConfigChange {
  /** What is different now, such as `upstreams.gpu1`, `models.llama3` or `aliases`. */
  readonly changed: readonly string[];
  /** Settings that are different in the file and keep their values until the next start. */
  readonly needsRestart: readonly string[];
}

/** The configuration is wrong, and nothing of it was applied. */
export class ConfigRefusal extends Error {
  /** A sentence for each problem, without a secret. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'ConfigRefusal';
    this.problems = problems;
  }
}

export interface ConfigReloadOptions {
  /** Reads the configuration and applies it, all of it or nothing. Throws `ConfigRefusal`. */
  readonly apply: () => Promise<ConfigChange>;
  readonly change: KeyStore['change'];
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** The change holds, and the audit log does not have it. */
  readonly onAuditFailure: (error: unknown) => void;
}

export interface ConfigReload {
  /** One after another. Throws `ServiceError` `invalid_config`. */
  reload(actor: AuditActor): Promise<ConfigChange>;
}

/** Problems that an error names at most. */
const namedProblemsMax = 10;

export function createConfigReload(options: ConfigReloadOptions): ConfigReload {
  let last: Promise<unknown> = Promise.resolve();
  return {
    reload: (actor) => {
      const next = last.then(() => reload(options, actor));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

async function reload(options: ConfigReloadOptions, actor: AuditActor): Promise<ConfigChange> {
  const change = await options.apply().catch((error: unknown) => {
    throw error instanceof ConfigRefusal ? toServiceError(error) : error;
  });
  const { changed, needsRestart } = change;
  try {
    const entry = createAuditEntry({
      actor,
      action: 'config.reloaded',
      atMs: options.now(),
      object: { id: 'config', name: 'config' },
      changes: { changed, needsRestart },
    });
    await options.change((transaction) => transaction.insertAuditEntry(entry));
  } catch (error) {
    options.onAuditFailure(error);
  }
  return change;
}

function toServiceError({ problems }: ConfigRefusal): ServiceError {
  const more = problems.length - namedProblemsMax;
  const rest = more > 0 ? ` There are ${more} more.` : '';
  const named = problems.slice(0, namedProblemsMax).join(' ');
  return new ServiceError(
    'invalid_config',
    `The configuration is wrong, and nothing was changed: ${named}${rest}`,
  );
}
