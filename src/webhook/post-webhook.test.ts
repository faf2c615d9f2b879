import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../test/listen-on-loopback.ts';
import { postWebhook } from './post-webhook.ts';
import { toWebhookHeaders, toWebhookKey } from './sign-webhook.ts';

const key = toWebhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const message = { id: 'msg_1', body: '{"text":"漢字"}' };

async function startReceiver(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    answer(request, response, Buffer.concat(chunks).toString());
  });
  const { port, close } = await listenOnLoopback(server);
  onTestFinished(close);
  return `http://127.0.0.1:${port}/hook?token=hidden`;
}

function post(url: string, attemptMsMax = 5000, signal = new AbortController().signal) {
  return postWebhook({ url, key, attemptMsMax, userAgent: 'gravix/test' }, message, signal);
}

/** The example of the libraries for Standard Webhooks. */
it('signs as other programs do', () => {
  const content = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    atMs: 1_614_265_330_999,
    body: '{"test": 2432232314}',
  };
  expect(toWebhookHeaders(content, key)).toStrictEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('sends the body with the signature of these very bytes', async () => {
  const received: { headers: IncomingMessage['headers']; body: string; method: string | undefined }[] = [];
  const url = await startReceiver(({ headers, method }, response, body) => {
    received.push({ headers, body, method });
    response.writeHead(204).end();
  });
  expect(await post(url)).toStrictEqual({ kind: 'delivered' });
  const [{ headers, body, method }] = received as [(typeof received)[number]];
  expect({ body, method }).toEqual({ body: message.body, method: 'POST' });
  const atMs = Number(headers['webhook-timestamp']) * 1000;
  expect(Math.abs(Date.now() - atMs)).toBeLessThan(10_000);
  expect(headers).toMatchObject(toWebhookHeaders({ ...message, atMs }, key));
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'gravix/test' });
});

it.each([
  [500, {}, 'status 500', false, undefined],
  [404, {}, 'status 404', false, undefined],
  [410, {}, 'status 410', true, undefined],
  [429, { 'retry-after': '7' }, 'status 429', false, 7000],
  [503, { 'retry-after': 'soon' }, 'status 503', false, undefined],
  [503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 'status 503', false, 0],
  [302, { location: '/elsewhere' }, 'status 302', false, undefined],
  [307, { location: '/elsewhere' }, 'status 307', false, undefined],
])('status %i with %j is a failure', async (status, headers, reason, isFinal, retryAfterMs) => {
  const paths: (string | undefined)[] = [];
  const url = await startReceiver((request, response) => {
    paths.push(request.url);
    response.writeHead(status, headers).end();
  });
  expect(await post(url)).toStrictEqual({ kind: 'failed', reason, isFinal, retryAfterMs });
  expect(paths).toEqual(['/hook?token=hidden']);
});

it('does not wait for a receiver that hangs', async () => {
  const url = await startReceiver(() => undefined);
  const begunAtMs = performance.now();
  expect(await post(url, 200)).toMatchObject({ kind: 'failed', reason: 'timeout' });
  expect(performance.now() - begunAtMs).toBeLessThan(2000);
});

it('does not read what a receiver answers', async () => {
  const url = await startReceiver((_request, response) => {
    response.writeHead(200);
    const write = () => {
      while (response.write('x'.repeat(65_536)));
    };
    response.on('drain', write);
    write();
  });
  expect(await post(url)).toStrictEqual({ kind: 'delivered' });
});

it('ends with the server', async () => {
  const url = await startReceiver(() => undefined);
  expect(await post(url, 5000, AbortSignal.timeout(50))).toMatchObject({ kind: 'failed' });
  const stopped = new AbortController();
  setTimeout(() => stopped.abort(), 50);
  expect(await post(url, 5000, stopped.signal)).toMatchObject({ kind: 'failed', reason: 'stopped' });
});

it('says nothing of the address of a receiver that is not there', async () => {
  const refused = await post('http://127.0.0.1:9/hook?token=hidden');
  expect(refused).toMatchObject({ kind: 'failed' });
  const unknown = await post('http://no-such-host.invalid/hook?token=hidden');
  expect(JSON.stringify([refused, unknown])).not.toMatch(/127\.0\.0\.1|no-such-host|hidden/);
});
