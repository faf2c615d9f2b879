import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendError, type BackendErrorCode } from '../../src/backend/backend-error.ts';
import type { InstalledModel } from '../../src/catalog/library/installed-model.ts';
import { PullRefusal } from '../../src/service/models/model-management.ts';
import { idleControls } from '../create-test-model-services.ts';
import { createAdminClient } from '../http/admin-client.ts';
import { obey } from '../http/obedient-script.ts';
import { startCompilingApp } from '../http/start-compiling-app.ts';
import { callTools, finish, refuse, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';

/** The longest that a request may take to arrive, in milliseconds: a client that stalls is answered after it. */
const bodyMsMax = 2000;

/** Begins, and then its backend fails. */
function failWith(code: BackendErrorCode): Script {
  return () => [started, textDelta('Once'), { type: 'fail', error: new BackendError(code, 'It failed.') }];
}

const slow: Script = () => [
  started,
  ...Array.from('slow').flatMap((text) => [{ type: 'wait', ms: 3 } as const, textDelta(text)]),
  finish(5),
];

/** Texts and tokens are answered, too. */
function obeyAny(reason: 'length' | undefined): Script {
  const chat = obey(reason);
  return (request) => (request.prompt.kind === 'chat' ? chat(request) : sayTexts('{"a"', ':1}')(request));
}

/** By name: what is well, and what fails by its script. */
export const fuzzedModels: Readonly<Record<string, Script>> = {
  good: obeyAny(undefined),
  long: obeyAny('length'),
  json: sayTexts('{"a"', ':1}'),
  silent: () => [started, finish(1)],
  calling: callTools(['get_weather', '{"city":', '"Paris"}'], ['get_time', '{}']),
  slow,
  refused: refuse(new BackendError('overloaded', 'The server is busy.', { retryAfterMs: 1000 })),
  crashing: failWith('engine_crashed'),
  failing: failWith('upstream_error'),
};

/** Codes of failures with a status of 500 or more that these scripts make; each other one is ours. */
export const scriptedCodes: ReadonlySet<unknown> = new Set([
  ...['overloaded', 'engine_crashed', 'upstream_error', 'invalid_structured_output', 'pull_failed'],
]);

export interface FuzzedApp {
  readonly app: TestApp;
  /** Plain keys by what they may do or why they may not; '' is none. */
  readonly keys: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The real HTTP app with the real compiler and database. Models are scripted; pulls succeed or fail by their name. */
export async function startFuzzedApp(): Promise<FuzzedApp> {
  const consoleFolder = await mkdtemp(join(tmpdir(), 'gravix-console-'));
  await writeFile(join(consoleFolder, 'index.html'), '<!doctype html><title>The console</title>');
  const app = await startCompilingApp({
    models: fuzzedModels,
    aliases: { nick: 'good' },
    consoleFolder,
    limits: { bodyMsMax, corsOrigins: ['https://app.example.com'] },
    controls: { ...idleControls, pull: pullByName },
    prices: { good: { currency: 'USD', inputNano: 1e9, cachedInputNano: 1e8, outputNano: 2e9 } },
    keyCounts: { keysMax: 300, projectsMax: 100 },
  });
  return {
    app,
    keys: await createKeys(app),
    close: async () => {
      await app.close();
      await rm(consoleFolder, { recursive: true, force: true });
    },
  };
}

async function pullByName(name: string): Promise<InstalledModel> {
  if (name.length % 3 === 0) throw new PullRefusal('unknown', 'There is no such model.');
  if (name.length % 3 === 1) throw new PullRefusal('failed', 'The download failed.');
  return { name: 'good' } as InstalledModel;
}

async function createKeys({ keys, ...app }: TestApp): Promise<FuzzedApp['keys']> {
  const create = async (policy: Parameters<typeof keys.create>[0]) => (await keys.create(policy)).key;
  const ask = await createAdminClient({ keys, ...app });
  const disabled = await keys.create({ name: 'disabled' });
  await ask('PATCH', `/v1/admin/keys/${disabled.record.id}`, { disabled: true });
  const deleted = await keys.create({ name: 'deleted' });
  await ask('DELETE', `/v1/admin/keys/${deleted.record.id}`);
  const soon = Date.now() + 1000;
  const expired = await create({ name: 'expired', expiresAtMs: soon });
  return {
    none: '',
    wrong: `${app.key.slice(0, -5)}AAAAA`,
    inference: app.key,
    admin: await create({ name: 'admin', scopes: ['admin'] }),
    all: await create({ name: 'all', scopes: ['inference', 'admin', 'metrics'] }),
    metrics: await create({ name: 'metrics', scopes: ['metrics'] }),
    limited: await create({ name: 'limited', limits: { requestsPerMinute: 2, concurrentRequests: 1 } }),
    spent: await create({ name: 'spent', budget: { tokens: 20, period: 'total' } }),
    bound: await create({ name: 'bound', models: ['g*'] }),
    disabled: disabled.key,
    deleted: deleted.key,
    expired,
  };
}
