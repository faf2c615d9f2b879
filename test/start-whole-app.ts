import { onTestFinished } from 'vitest';
import { learnSecrets, listSecrets } from '../src/app/list-secrets.ts';
import { openKeyService } from '../src/app/local-keys.ts';
import { type App, startApp } from '../src/app.ts';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { createSecretFilter } from '../src/telemetry/hide-secrets.ts';
import { createMemoryLog } from './memory-log.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** The server as `gravix serve` starts it, in this process and without a model of its own. It ends with the test. */
export interface WholeApp {
  readonly app: App;
  readonly url: string;
  readonly config: Config;
  createKey(name: string, scopes?: readonly ('inference' | 'admin' | 'metrics')[]): Promise<string>;
  logText(): string;
  logLines(): readonly Readonly<Record<string, unknown>>[];
}

export interface WholeAppOptions {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startWholeApp({ settings, environment = {} }: WholeAppOptions): Promise<WholeApp> {
  const home = createTemporaryFolder();
  const load = () =>
    loadConfig({ environment: { ...environment, GRAVIX_HOME: home }, flags: { port: 0, ...settings } });
  const config = load();
  const filter = createSecretFilter(listSecrets(config));
  const { logger, text, lines } = createMemoryLog(filter.hide);
  const app = await startApp({
    config,
    logger,
    hideSecrets: filter.hide,
    modelName: undefined,
    loadConfig: learnSecrets(filter, load),
    commandName: 'gravix',
  });
  const keys = await openKeyService(config);
  onTestFinished(async () => {
    await keys.close();
    await app.close();
  });
  return {
    app,
    url: app.url,
    config,
    createKey: async (name, scopes = ['inference']) => (await keys.service.create({ name, scopes })).key,
    logText: text,
    logLines: lines,
  };
}
