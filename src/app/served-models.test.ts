import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { installSampleModel } from '../../test/catalog/install-sample-model.ts';
import { createMemoryLog } from '../../test/memory-log.ts';
import { createTemporaryFolder } from '../../test/temporary-folder.ts';
import { loadConfig } from '../config/load-config.ts';
import { openModelLibrary } from './open-model-library.ts';
import { createServedModels } from './served-models.ts';

const keepAliveMs = 60_000;

let home: string;

beforeEach(async () => {
  home = createTemporaryFolder();
  for (const name of ['first:1b', 'second:1b', 'third:1b']) await installSampleModel(home, name);
});

/** The installed models with these settings, and how long each stays without requests. */
async function openModels(settings: Readonly<Record<string, unknown>>) {
  const config = loadConfig({ environment: { GRAVIX_HOME: home }, flags: { keepAliveMs, ...settings } });
  const served = createServedModels({
    config,
    logger: createMemoryLog().logger,
    library: openModelLibrary(config),
    onEvent: () => undefined,
    onEngineCrash: () => undefined,
    onUpstreamCall: () => undefined,
  });
  onTestFinished(() => served.close(0));
  await served.installed.refreshNow();
  return { ...served, stay: (name: string) => served.installed.find(name)?.keepAliveMs };
}

test('a model that the settings pin stays without requests until it is unpinned, and again once it is pinned', async () => {
  const { memory, stay } = await openModels({
    model: 'first:1b',
    pinned: ['second:1b', 'alias'],
    aliases: { alias: 'third:1b' },
  });
  for (const name of ['second:1b', 'third:1b']) {
    expect([stay(name), memory.inspect(name)?.isPinned]).toEqual([Number.POSITIVE_INFINITY, true]);
    memory.setPinned(name, false);
    expect([stay(name), memory.inspect(name)?.isPinned]).toEqual([keepAliveMs, false]);
    memory.setPinned(name, true);
    expect(stay(name)).toBe(Number.POSITIVE_INFINITY);
  }
});

test.each([
  ['the default model', { model: 'first:1b', pinned: ['first:1b'] }],
  ['a preloaded model', { model: 'second:1b', preload: ['first:1b'], pinned: ['first:1b'] }],
  ['a model of a server that keeps all', { model: 'second:1b', pinned: ['first:1b'], keepAliveMs: -1 }],
])('%s that is unpinned stays until its memory is needed', async (_what, settings) => {
  const { memory, stay } = await openModels(settings);
  memory.setPinned('first:1b', false);
  expect([stay('first:1b'), memory.inspect('first:1b')?.isPinned]).toEqual([Number.POSITIVE_INFINITY, false]);
});
