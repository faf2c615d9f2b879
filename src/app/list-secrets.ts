import type { Config } from '../config/config.ts';

/** The secrets of the configuration, which no line of the log may have. */
export function listSecrets(
  config: Pick<Config, 'environmentKey' | 'webhookSecret' | 'databaseUrl' | 'upstreamKeys'>,
): readonly string[] {
  const { environmentKey, webhookSecret, databaseUrl, upstreamKeys } = config;
  const password = databaseUrl === undefined ? '' : readPassword(databaseUrl);
  const all = [environmentKey, webhookSecret, password, decode(password), ...upstreamKeys.values()];
  return all.flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
}

/** With the escapes of the URL. Without a host, as for a Unix socket, URL refuses a user. */
function readPassword(databaseUrl: string): string {
  return new URL(databaseUrl.replace('@/', '@localhost/')).password;
}

/** Undefined: a percent sign begins no escape, so the text stands for itself. */
function decode(password: string): string | undefined {
  try {
    return decodeURIComponent(password);
  } catch {
    return undefined;
  }
}
