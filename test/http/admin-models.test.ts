import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstalledModel } from '../../src/catalog/library/installed-model.ts';
import type { ModelMemory } from '../../src/service/models/model-inventory.ts';
import { type ModelControls, PullRefusal } from '../../src/service/models/model-management.ts';
import { pullsMax } from '../../src/service/models/model-pulls.ts';
import { idleControls, idleMemory } from '../create-test-model-services.ts';
import { createScriptedBackend, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type AdminRequest, createAdminClient } from './admin-client.ts';
import { findOperation, readOpenApi } from './read-openapi.ts';
import { chatBody, postChat } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';

const progress = { phase: 'download', source: 'a registry', doneBytes: 10, totalBytes: 100 } as const;

/** On a busy machine, a server takes its time. */
const setUpMsMax = 60_000;

let app: TestApp;
let admin: AdminRequest;
let pinned: Set<string>;
/** Ends the pull that runs. */
let finish: () => void;
let aborted: string[];
let begun: string[];

const memory: ModelMemory = {
  ...idleMemory,
  inspect: (name) => ({ isPinned: pinned.has(name), needBytes: 1000.4, fit: 'after-unloading' }),
  setPinned: (name, isPinned) => {
    if (isPinned) pinned.add(name);
    else pinned.delete(name);
  },
};

const controls: ModelControls = {
  ...idleControls,
  toFullName: (name) => (name.includes(':') ? name : `${name}:latest`),
  pull: async (name, signal, onProgress) => {
    if (name === 'none') throw new PullRefusal('unknown', 'There is no such model.');
    if (name.startsWith('http')) throw new PullRefusal('reference', 'Not over the API.');
    begun.push(name);
    onProgress(progress);
    await new Promise<void>((resolve, reject) => {
      finish = resolve;
      signal.addEventListener('abort', () => {
        aborted.push(name);
        reject(signal.reason);
      });
    });
    if (name.startsWith('broken')) throw new PullRefusal('failed', 'The checksum is wrong.');
    return { name: 'good' } as InstalledModel;
  },
};

beforeEach(async () => {
  pinned = new Set();
  aborted = [];
  begun = [];
  const far = createScriptedBackend(sayTexts('Hi'));
  app = await startTestApp({
    models: { good: () => [{ type: 'wait-for-abort' }], other: sayTexts('Hi') },
    backends: { far },
    aliases: { nick: 'good' },
    defaultModel: 'other',
    controls,
    memory,
  });
  admin = await createAdminClient(app);
}, setUpMsMax);

afterEach(() => app.close());

const listPulls = async () => (await admin('GET', '/v1/admin/models/pulls')).body.data;

test('models are listed with their memory and load, and aliases with their models', async () => {
  const leaving = new AbortController();
  const stuck = postChat(app, chatBody('nick'), { signal: leaving.signal }).catch(() => undefined);
  await expect.poll(() => app.backend('good').running(), { timeout: 10_000 }).toBe(1);
  const { status, body } = await admin('GET', '/v1/admin/models');
  expect(status).toBe(200);
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['other', 'good', 'far']);
  expect(body.data[0]).toMatchObject({ default: true, running: 0 });
  expect(body.data[1]).toMatchObject({
    object: 'model',
    default: false,
    aliases: ['nick'],
    pinned: false,
    memory_bytes: 1000,
    fit: 'after_unloading',
    running: 1,
    waiting: 0,
  });
  expect(body.memory).toEqual({
    limit_bytes: 8e9,
    used_bytes: 0,
    machine_free_bytes: 8e9,
    loaded_models: 0,
    loaded_models_max: 3,
  });
  leaving.abort();
  await stuck;
});

test('the catalogue lists what can be pulled, with its size and whether it fits', async () => {
  const { status, body } = await admin('GET', '/v1/admin/models/catalogue');
  expect(status).toBe(200);
  expect(body.data.length).toBeGreaterThan(5);
  const models = body.data.flatMap((family: { models: readonly object[] }) => family.models);
  expect(models.filter(({ fits }: { fits: unknown }) => fits === true).length).toBeGreaterThan(0);
  expect(models.filter(({ fits }: { fits: unknown }) => fits === false).length).toBeGreaterThan(0);
});

test('a model is pinned and unpinned, also by its alias', async () => {
  const pin = await admin('POST', '/v1/admin/models/pin', { model: 'nick' });
  expect([pin.status, pin.body.id, pin.body.pinned]).toEqual([200, 'good', true]);
  expect([...pinned]).toEqual(['good']);
  const unpin = await admin('POST', '/v1/admin/models/unpin', { model: 'good' });
  expect([unpin.status, unpin.body.pinned, pinned.size]).toEqual([200, false, 0]);
  const unknown = await admin('POST', '/v1/admin/models/pin', { model: 'nothing' });
  expect([unknown.status, unknown.body.error.code]).toEqual([404, 'model_not_found']);
});

test('a pull goes on without its client, and a second one joins it', async () => {
  const first = await admin('POST', '/v1/admin/models/pulls', { model: 'llama' });
  expect(first.status).toBe(202);
  expect(first.body).toMatchObject({
    object: 'model_pull',
    model: 'llama:latest',
    state: 'running',
    phase: 'download',
    completed_bytes: 10,
    total_bytes: 100,
    ended_at: null,
  });
  const second = await admin('POST', '/v1/admin/models/pulls', { model: 'llama:latest' });
  expect([second.status, begun]).toEqual([200, ['llama']]);
  expect(await listPulls()).toMatchObject([{ model: 'llama:latest', state: 'running' }]);
  finish();
  await expect.poll(listPulls, { timeout: 10_000 }).toMatchObject([{ state: 'done', reason: null }]);
});

test('a pull is cancelled, and one that fails says why', async () => {
  await admin('POST', '/v1/admin/models/pulls', { model: 'llama' });
  const { status, body } = await admin('POST', '/v1/admin/models/pulls/cancel', { model: 'llama' });
  expect([status, body.state, aborted]).toEqual([200, 'cancelled', ['llama']]);
  const again = await admin('POST', '/v1/admin/models/pulls/cancel', { model: 'llama' });
  expect([again.status, again.body.error.code]).toEqual([404, 'model_not_found']);
  await admin('POST', '/v1/admin/models/pulls', { model: 'broken' });
  finish();
  await expect
    .poll(async () => (await listPulls()).find(({ model }: { model: string }) => model === 'broken:latest'), {
      timeout: 10_000,
    })
    .toMatchObject({ state: 'failed', reason: 'The checksum is wrong.' });
});

test.each([
  ['none', 404, 'model_not_found'],
  ['http://example.com/a.gguf', 400, 'invalid_value'],
])('a pull of %s is refused at once, and not listed', async (model, status, code) => {
  const answer = await admin('POST', '/v1/admin/models/pulls', { model });
  expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([status, code, 'model']);
  expect(await listPulls()).toEqual([]);
});

test('no more pulls run at once than may', async () => {
  for (let index = 0; index < pullsMax; index += 1) {
    expect((await admin('POST', '/v1/admin/models/pulls', { model: `m${index}` })).status).toBe(202);
  }
  const { status, headers, body } = await admin('POST', '/v1/admin/models/pulls', { model: 'more' });
  expect([status, body.error.code]).toEqual([503, 'overloaded']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});

test.each([
  ['GET', '', undefined],
  ['GET', '/catalogue', undefined],
  ['GET', '/pulls', undefined],
  ['POST', '/pulls', { model: 'a' }],
  ['POST', '/pulls/cancel', { model: 'a' }],
  ['POST', '/pin', { model: 'good' }],
  ['POST', '/unpin', { model: 'good' }],
])('%s /admin/models%s is for admins', async (method, path, body) => {
  for (const base of ['/v1', '/v1/inference']) {
    const forbidden = await admin(method, `${base}/admin/models${path}`, body, app.key);
    expect([forbidden.status, forbidden.body.error.code]).toEqual([403, 'insufficient_permissions']);
    expect((await admin(method, `${base}/admin/models${path}`, body, 'gx-none')).status).toBe(401);
  }
  expect(begun).toEqual([]);
});

test.each([
  [{}, 'missing_required_parameter'],
  [{ model: '' }, 'empty_string'],
  [{ model: 7 }, 'invalid_type'],
  [{ model: 'good', stream: true }, 'unsupported_parameter'],
])('%j is refused', async (body, code) => {
  for (const path of ['pulls', 'pulls/cancel', 'pin', 'unpin']) {
    const answer = await admin('POST', `/v1/admin/models/${path}`, body);
    expect([path, answer.status, answer.body.error.code]).toEqual([path, 400, code]);
  }
});

test.each([
  ['GET', '', undefined],
  ['GET', '/catalogue', undefined],
  ['POST', '/pin', { model: 'good' }],
  ['POST', '/pulls', { model: 'a' }],
  ['GET', '/pulls', undefined],
])('%s /admin/models%s answers as the document says', async (method, path, body) => {
  const document = await readOpenApi(app);
  const operation = findOperation(document, method.toLowerCase(), `/v1/admin/models${path}`);
  const answer = await admin(method, `/v1/admin/models${path}`, body);
  const validate = createResponseValidator(document, operation);
  expect(validate(answer.status, 'application/json', answer.body)).toBeUndefined();
});
