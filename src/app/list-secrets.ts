import type { Config } from '../config/config.ts';

/** The secrets of the configuration, which no line of the log may have. */
export function listSecrets(
  config: Pick<Config, 'environmentKey' | 'webhookSecret' | 'databaseUrl' | 'upstreamKeys'>,
): readonly string[] {
  const { environmentKey, webhookSecret, databaseUrl, upstreamKeys } = config;
  const password = databaseUrl === undefined ? '' : new URL(databaseUrl).password;
  const all = [
    environmentKey,
    webhookSecret,
    password,
    decodeURIComponent(password),
    ...upstreamKeys.values(),
  ];
  return all.flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
}
