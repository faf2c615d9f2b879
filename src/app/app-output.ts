import type { Config } from '../config/config.ts';
import { createSecretFilter } from '../telemetry/hide-secrets.ts';
import { type Announcer, type CreatedLogger, createAnnouncer, createLogger } from '../telemetry/logger.ts';
import { learnSecrets, listSecrets } from './list-secrets.ts';

/** What a server writes, without the secrets of any configuration that it has read. */
export interface AppOutput {
  readonly logging: CreatedLogger;
  /** Writes announcements for the operator to standard output. */
  readonly announcer: Announcer;
  /** Hides the secrets of every configuration that was read. */
  readonly hideSecrets: (text: string) => string;
  /** Reads the configuration again. Its secrets are hidden before anything else is done with it. */
  readonly loadConfig: () => Config;
}

export function createAppOutput(config: Config, loadConfig: () => Config): AppOutput {
  const secretFilter = createSecretFilter(listSecrets(config));
  const { logLevel, logFormat: format } = config;
  return {
    logging: createLogger(logLevel, { format, secretFilter }),
    announcer: createAnnouncer({ format, secretFilter }),
    hideSecrets: secretFilter.hide,
    loadConfig: learnSecrets(secretFilter, loadConfig),
  };
}
