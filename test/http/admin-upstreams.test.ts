// Upstreams as an operator sees them, of a whole server with an upstream that is not there.
import { beforeEach, expect, test } from 'vitest';
import { DrillRefusal } from '../../src/service/upstream-overview.ts';
import { startTestApp } from '../start-test-app.ts';
import { startWholeApp, type WholeApp } from '../start-whole-app.ts';
import { createAdminClient } from './admin-client.ts';
import { findOperation, readOpenApi } from './read-openapi.ts';
import { createResponseValidator } from './response-validator.ts';

/** On a busy machine, a server takes its time. */
const setUpMsMax = 60_000;

let server: WholeApp;
let adminKey: string;

async function ask(method: string, path: string, body?: object, key = adminKey) {
  const answer = await fetch(`${server.url}/v1/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

async function validate(method: string, path: string, body: unknown) {
  const document = await readOpenApi(server);
  const operation = findOperation(document, method, `/v1/admin/${path}`);
  return createResponseValidator(document, operation)(200, 'application/json', body);
}

beforeEach(async () => {
  server = await startWholeApp({
    settings: {
      upstreams: {
        gpu1: {
          kind: 'vllm',
          baseUrl: 'http://127.0.0.1:1/v1',
          apiKeyEnv: 'GPU1_KEY',
          timeouts: { betweenChunksMs: 500, totalMs: 2000 },
        },
      },
      models: [
        {
          name: 'llama',
          spillOverMs: 900,
          deployments: [{ upstream: 'gpu1', model: 'meta/llama', weight: 3 }],
        },
      ],
    },
    environment: { GPU1_KEY: 'sk-upstream-secret' },
  });
  adminKey = await server.createKey('admin', ['admin']);
}, setUpMsMax);

test('an upstream that is down has its last failure, and no key', async () => {
  await expect
    .poll(async () => (await ask('GET', 'upstreams')).body.data[0]?.last_failure, { timeout: 15_000 })
    .toMatchObject({ at: expect.any(Number), reason: expect.any(String) });
  const { status, body } = await ask('GET', 'upstreams');
  expect(status).toBe(200);
  expect(body.data).toMatchObject([
    { object: 'upstream', name: 'gpu1', kind: 'vllm', mode: 'single', version: null, models: null },
  ]);
  expect(body.places).toMatchObject([
    {
      object: 'place',
      model: 'llama',
      deployment: 'gpu1/meta/llama',
      name: 'gpu1',
      state: 'failed',
      weight: 3,
      running: 0,
    },
  ]);
  expect(JSON.stringify(body)).not.toContain('sk-upstream-secret');
  expect(await validate('get', 'upstreams', body)).toBeUndefined();
});

test('a drill says which promises held', { timeout: 90_000 }, async () => {
  const { status, body } = await ask('POST', 'upstreams/drill', { deployment: 'gpu1/meta/llama' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    object: 'drill',
    deployment: 'gpu1/meta/llama',
    model: 'llama',
    kind: 'vllm',
  });
  expect(body.faults.length).toBeGreaterThan(10);
  const trials = body.faults.flatMap(({ streamed, plain }: { streamed: object; plain: object | null }) =>
    [streamed, plain].filter((trial) => trial !== null),
  );
  expect(body.held + body.broken).toBe(trials.length);
  expect(await validate('post', 'upstreams/drill', body)).toBeUndefined();
});

test('what can not be drilled is refused with a sentence', async () => {
  const unknown = await ask('POST', 'upstreams/drill', { deployment: 'gpu2/other' });
  expect(unknown.status).toBe(400);
  expect(unknown.body.error).toMatchObject({
    code: 'invalid_value',
    param: 'deployment',
    message: expect.stringContaining('gpu1/meta/llama'),
  });
  for (const [body, param] of [
    [{}, 'deployment'],
    [{ deployment: '' }, 'deployment'],
    [{ deployment: 'llama', force: true }, 'force'],
    [{ deployment: 'llama', model: 7 }, 'model'],
  ] as const) {
    const answer = await ask('POST', 'upstreams/drill', body);
    expect([answer.status, answer.body.error.param]).toEqual([400, param]);
  }
});

test('upstreams are for admins', async () => {
  const key = await server.createKey('user', ['inference', 'metrics']);
  for (const [method, path, body] of [
    ['GET', 'upstreams', undefined],
    ['POST', 'upstreams/drill', { deployment: 'llama' }],
  ] as const) {
    expect((await ask(method, path, body, key)).status).toBe(403);
    expect((await ask(method, path, body, 'gx-none')).status).toBe(401);
  }
});

test('a second drill is told to come back', async () => {
  const busy = await startTestApp({
    models: {},
    upstreams: {
      list: () => ({ upstreams: [], places: [] }),
      drill: () => Promise.reject(new DrillRefusal('busy', 'A drill is running already.')),
    },
  });
  const admin = await createAdminClient(busy);
  const { status, headers, body } = await admin('POST', '/v1/admin/upstreams/drill', { deployment: 'a' });
  await busy.close();
  expect([status, body.error.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '10']);
});
