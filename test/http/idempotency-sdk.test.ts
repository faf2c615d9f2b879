// OpenAI's JavaScript package sends an idempotency key where its user gives one, the same with each of its retries.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import OpenAI, { ConflictError } from 'openai';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { count } from './ask-once.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { m: count() } });
});

afterAll(() => app.close());

/** Lets everything through but the first answer, which is lost on its way. */
async function startLossyProxy(): Promise<string> {
  let connections = 0;
  const proxy = createServer((client) => {
    connections += 1;
    const isLost = connections === 1;
    const server = connect({ host: '127.0.0.1', port: app.port });
    client.pipe(server);
    if (isLost) server.once('data', () => setTimeout(() => client.resetAndDestroy(), 200));
    else server.pipe(client);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => (socket === client ? server : client).destroy());
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/v1`;
}

const body = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] };

test('a retry after a lost answer gets that answer', async () => {
  const client = new OpenAI({ apiKey: app.key, baseURL: await startLossyProxy(), maxRetries: 2 });
  const before = app.backend('m').requests.length;
  const asked = client.chat.completions.create(body, { headers: { 'Idempotency-Key': 'lost' } });
  const { data, response } = await asked.withResponse();
  expect(response.headers.get('idempotent-replayed')).toBe('true');
  expect(data.choices[0]?.message.content).toContain('Answer');
  expect(app.backend('m').requests.length - before).toBe(1);
  await expect.poll(() => app.usages().filter(({ isReplay }) => isReplay)).toHaveLength(1);
});

test('a stream is given again chunk by chunk', async () => {
  const client = new OpenAI({ apiKey: app.key, baseURL: `${app.url}/v1` });
  const readStream = async () => {
    const chunks = [];
    const options = { headers: { 'Idempotency-Key': 'stream' } };
    for await (const chunk of await client.chat.completions.create({ ...body, stream: true }, options))
      chunks.push(chunk);
    return chunks;
  };
  const first = await readStream();
  expect(first.length).toBeGreaterThan(2);
  expect(await readStream()).toEqual(first);
});

test('another request with the key is a ConflictError, without retries', async () => {
  let sent = 0;
  const client = new OpenAI({
    apiKey: app.key,
    baseURL: `${app.url}/v1`,
    fetch: (url, init) => {
      sent += 1;
      return fetch(url, init);
    },
  });
  const options = { headers: { 'Idempotency-Key': 'reused' } };
  await client.chat.completions.create(body, options);
  const failure = await client.chat.completions
    .create({ ...body, seed: 2 }, options)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConflictError);
  expect(failure).toMatchObject({ status: 409, code: 'idempotency_key_reused' });
  expect(sent).toBe(2);
});
