import type { Config } from '../config/config.ts';
import { parseDatabaseUrl } from '../config/is-database-url.ts';
import type { SecretFilter } from '../telemetry/hide-secrets.ts';

/** The secrets of the configuration, which no line of the log may have. */
export function listSecrets(
  config: Pick<Config, 'environmentKey' | 'webhookSecret' | 'databaseUrl' | 'upstreamKeys'>,
): readonly string[] {
  const { environmentKey, webhookSecret, databaseUrl, upstreamKeys } = config;
  // With the escapes of the URL.
  const password = databaseUrl === undefined ? '' : (parseDatabaseUrl(databaseUrl)?.password ?? '');
  const all = [environmentKey, webhookSecret, password, decode(password), ...upstreamKeys.values()];
  return all.flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
}

/** Reads the configuration, and the filter of the log learns its secrets before anything can write them. */
export function learnSecrets(filter: Pick<SecretFilter, 'learn'>, load: () => Config): () => Config {
  return () => {
    const config = load();
    filter.learn(listSecrets(config));
    return config;
  };
}

/** Undefined: a percent sign begins no escape, so the text stands for itself. */
function decode(password: string): string | undefined {
  try {
    return decodeURIComponent(password);
  } catch {
    return undefined;
  }
}
