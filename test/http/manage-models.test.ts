import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstalledModel } from '../../src/catalog/library/installed-model.ts';
import type { PullProgress } from '../../src/catalog/pull-progress.ts';
import { modelSchema } from '../../src/protocol/openai/models/model.ts';
import { modelEventSchema, pullEventSchema } from '../../src/protocol/openai/models/model-management.ts';
import { type ModelControls, PullRefusal } from '../../src/service/models/model-management.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { toEventTexts } from './requests.ts';

const progress: PullProgress = { phase: 'download', source: 'a registry', doneBytes: 10, totalBytes: 100 };

let app: TestApp;
let adminKey: string;
let asked: unknown[];
let pulls: (name: string, signal: AbortSignal) => Promise<void>;

const controls: ModelControls = {
  pull: async (name, signal, onProgress) => {
    asked.push(['pull', name]);
    await pulls(name, signal);
    onProgress(progress);
    return { name: 'good' } as InstalledModel;
  },
  load: async (name, _signal, keepAliveMs) => {
    asked.push(['load', name, keepAliveMs]);
  },
  unload: async (name) => {
    asked.push(['unload', name]);
  },
  remove: async (name) => {
    asked.push(['remove', name]);
    return { freedBytes: 98 };
  },
  refresh: async () => {
    asked.push(['refresh']);
  },
  toFullName: (name) => `${name}:full`,
};

beforeEach(async () => {
  asked = [];
  pulls = async () => undefined;
  const names = { good: sayTexts('Hi'), 'hf:owner/repo/file.gguf': sayTexts('Hi') };
  app = await startTestApp({ models: names, aliases: { nick: 'good' }, controls });
  adminKey = (await app.keys.create({ name: 'admin', scopes: ['inference', 'admin'] })).key;
});

afterEach(() => app.close());

function send(method: string, path: string, body?: object, key = adminKey, signal?: AbortSignal) {
  return fetch(`${app.url}/v1/inference/${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function readError(answer: Response): Promise<Record<string, unknown>> {
  return (JSON.parse(await answer.text()) as { error: Record<string, unknown> }).error;
}

test('an error names commands as they run on the machine of the server', async () => {
  const inClone = await startTestApp({ commandName: 'npx gravix', models: {} });
  const answer = await fetch(`${inClone.url}/v1/inference/models/load`, {
    method: 'POST',
    headers: { authorization: `Bearer ${inClone.key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(await readError(answer)).toMatchObject({
    message: expect.stringContaining('`npx gravix keys create --admin`'),
  });
  await inClone.close();
});

test.each([
  ['POST', 'models/pull', { model: 'good' }],
  ['POST', 'models/load', { model: 'good' }],
  ['POST', 'models/unload', { model: 'good' }],
  ['DELETE', 'models/good', undefined],
  ['GET', 'models/events', undefined],
])('%s %s is for keys of the scope admin', async (method, path, body) => {
  const answer = await send(method, path, body, app.key);
  expect(answer.status).toBe(403);
  expect(answer.headers.get('x-should-retry')).toBe('false');
  expect(await answer.json()).toEqual({
    error: {
      message: expect.stringContaining('gravix keys create --admin'),
      type: 'permission_error',
      code: 'insufficient_permissions',
      param: null,
    },
  });
  expect((await send(method, path, body, 'gx-wrong')).status).toBe(401);
  expect(asked).toEqual([]);
});

test('a pull answers with the model, or tells how far it is', async () => {
  const plain = await send('POST', 'models/pull', { model: 'smollm2' });
  const model = modelSchema.strict().parse(await plain.json());
  expect(model.id).toBe('good');
  const streamed = await send('POST', 'models/pull', { model: 'smollm2', stream: true });
  const texts = toEventTexts(await streamed.text());
  expect(texts.pop()).toBe('[DONE]');
  const events = texts.map((text) => pullEventSchema.parse(JSON.parse(text)));
  expect(events).toEqual([
    {
      type: 'progress',
      model: 'smollm2',
      phase: 'download',
      source: 'a registry',
      completed_bytes: 10,
      total_bytes: 100,
    },
    { type: 'done', model },
  ]);
  expect(asked).toEqual([['pull', 'smollm2'], ['refresh'], ['pull', 'smollm2'], ['refresh']]);
});

test.each([
  ['unknown', 404, 'model_not_found', 'model'],
  ['reference', 400, 'invalid_value', 'model'],
  ['failed', 502, 'pull_failed', null],
] as const)('a pull that is refused as %s has a status of its own, streamed or not', async (...row) => {
  const [kind, status, code, param] = row;
  pulls = async () => {
    throw new PullRefusal(kind, 'It is not so.');
  };
  for (const stream of [false, true]) {
    const answer = await send('POST', 'models/pull', { model: 'x', stream });
    expect(answer.status).toBe(status);
    expect(await readError(answer)).toMatchObject({ code, param });
  }
});

test('who leaves a pull ends it', async () => {
  const begun = createSignalBox();
  pulls = (_name, signal) => {
    begun.resolve(signal);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const leaving = new AbortController();
  const left = send('POST', 'models/pull', { model: 'x' }, adminKey, leaving.signal).catch(() => 'left');
  const signal = await begun.promise;
  leaving.abort();
  expect(await left).toBe('left');
  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', resolve);
  });
});

function createSignalBox() {
  let resolve: (signal: AbortSignal) => void = () => undefined;
  const promise = new Promise<AbortSignal>((onResolve) => {
    resolve = onResolve;
  });
  return { promise, resolve };
}

test.each([
  [undefined, undefined],
  [null, undefined],
  [0, 0],
  [90, 90_000],
  [-1, Number.POSITIVE_INFINITY],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['-1', Number.POSITIVE_INFINITY],
])('keep_alive %j is read', async (given, keepAliveMs) => {
  const answer = await send('POST', 'models/load', { model: 'nick', keep_alive: given });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ id: 'nick', alias_of: 'good', state: 'ready' });
  expect(asked).toEqual([['load', 'good', keepAliveMs]]);
});

test.each(['soon', '', '5', -2, '9999999h'])('keep_alive %j is refused', async (given) => {
  const answer = await send('POST', 'models/load', { model: 'good', keep_alive: given });
  expect(answer.status).toBe(400);
  const { param, message } = await readError(answer);
  expect(param).toBe('keep_alive');
  if (typeof given === 'string') expect(message).toContain("such as '5m', '1h30m' or '-1'");
});

test('a model is unloaded and removed by its name, an alias is not removed', async () => {
  expect((await send('POST', 'models/unload', { model: 'good' })).status).toBe(200);
  const alias = await send('DELETE', 'models/nick');
  expect(alias.status).toBe(400);
  expect(await readError(alias)).toMatchObject({ code: 'unsupported_value', param: 'model' });
  for (const path of ['models/hf:owner/repo/file.gguf', 'models/hf%3Aowner%2Frepo%2Ffile.gguf']) {
    const removed = await send('DELETE', path);
    expect(await removed.json()).toEqual({
      id: 'hf:owner/repo/file.gguf',
      object: 'model',
      deleted: true,
      freed_bytes: 98,
    });
  }
  expect(asked.slice(0, 4)).toEqual([
    ['unload', 'good'],
    ['unload', 'hf:owner/repo/file.gguf'],
    ['remove', 'hf:owner/repo/file.gguf'],
    ['refresh'],
  ]);
});

test('a name that is not there is not there for any of them', async () => {
  for (const [method, path, body] of [
    ['POST', 'models/load', { model: 'other' }],
    ['POST', 'models/unload', { model: 'other' }],
    ['DELETE', 'models/other', undefined],
  ] as const) {
    const answer = await send(method, path, body);
    expect(answer.status).toBe(404);
    expect((await readError(answer))['code']).toBe('model_not_found');
  }
});

test('HEAD of the events has their headers and ends', async () => {
  const answer = await send('HEAD', 'models/events');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(await answer.text()).toBe('');
});

test('a watcher hears what happens from then on', async () => {
  const leaving = new AbortController();
  const watching = await send('GET', 'models/events', undefined, adminKey, leaving.signal);
  const reader = watching.body?.pipeThrough(new TextDecoderStream()).getReader();
  // Before anything happens: a client that waits for the headers knows that it is connected.
  expect((await reader?.read())?.value).toBe(': ping\n\n');
  await send('POST', 'models/pull', { model: 'smollm2' });
  await send('DELETE', 'models/good');
  let text = '';
  while (!text.includes('model.removed')) text += (await reader?.read())?.value ?? '';
  leaving.abort();
  const events = toEventTexts(text).map((event) => modelEventSchema.strict().parse(JSON.parse(event)));
  expect(events.map(({ type, model }) => [type, model])).toEqual([
    ['model.pulling', 'smollm2:full'],
    ['model.pulled', 'good'],
    ['model.removed', 'good'],
  ]);
});
