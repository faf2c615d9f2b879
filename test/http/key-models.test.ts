import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type AdminRequest, chatStatus, createAdminClient } from './admin-client.ts';
import { chatBody, postChat } from './requests.ts';

let app: TestApp;
let ask: AdminRequest;

beforeAll(async () => {
  app = await startTestApp({
    models: { good: sayTexts('Hi'), 'other:1b': sayTexts('Hi') },
    aliases: { alias: 'other:1b' },
  });
  ask = await createAdminClient(app);
});

afterAll(() => app.close());

const ofModels = async (models: readonly string[]) =>
  (await ask('POST', '/v1/admin/keys', { name: 'narrow', models })).body.key;

test.each<[readonly string[], readonly string[]]>([
  [['good'], ['good']],
  [['*'], ['good', 'other:1b', 'alias']],
  [['other:*'], ['other:1b', 'alias']],
  [['alias'], ['alias']],
  [['g*d', 'nothing'], ['good']],
  [['G*'], []],
])('a key for %j may use %j', async (models, usable) => {
  const key = await ofModels(models);
  for (const name of ['good', 'other:1b', 'alias']) {
    const isUsable = usable.includes(name);
    expect(await chatStatus(app, key, name), name).toBe(isUsable ? 200 : 403);
    expect((await ask('GET', `/v1/models/${name}`, undefined, key)).status).toBe(isUsable ? 200 : 403);
  }
  const { body } = await ask('GET', '/v1/models', undefined, key);
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(usable);
});

test.each([
  ['chat/completions', { messages: [{ role: 'user', content: 'a' }] }],
  ['chat/completions', { stream: true, messages: [{ role: 'user', content: 'a' }] }],
  ['chat/completions/input_tokens', { messages: [{ role: 'user', content: 'a' }] }],
  ['completions', { prompt: 'a' }],
  ['responses', { input: 'a' }],
  ['responses/input_tokens', { input: 'a' }],
  ['embeddings', { input: 'a' }],
  ['tokenize', { prompt: 'a' }],
  ['detokenize', { tokens: [1] }],
])('%s refuses another model, whether it is there or not', async (path, body) => {
  const key = await ofModels(['good']);
  for (const model of ['other:1b', 'nowhere']) {
    const answer = await ask('POST', `/v1/${path}`, { ...body, model }, key);
    expect(answer).toMatchObject({
      status: 403,
      body: { error: { code: 'insufficient_permissions', type: 'permission_error', param: null } },
    });
  }
});

test('an answer that was stored under an idempotency key is not replayed to a key that lost its model', async () => {
  const { key, record } = await app.keys.create({ name: 'once', models: ['good'] });
  const headers = { authorization: `Bearer ${key}`, 'idempotency-key': 'k-models' };
  const ask = () => postChat(app, chatBody('good'), { headers });
  expect((await ask()).status).toBe(200);
  expect((await ask()).headers.get('idempotent-replayed')).toBe('true');
  await app.keys.update(record.id, { models: ['other:*'] });
  const refused = await ask();
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: { code: 'insufficient_permissions' } });
  await app.keys.update(record.id, { models: null });
  expect((await ask()).status).toBe(200);
});
