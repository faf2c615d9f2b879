// What a browser is told about pages of other origins; cors-browser.test.ts asks a real one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { chatBody, openRawConnection, postChat, readJson } from './requests.ts';

const listed = 'https://app.example';
const models = { good: sayTexts('Hi'), 'hf:owner/repository/file.gguf': sayTexts('Hi') };

let closed: TestApp;
let some: TestApp;
let open: TestApp;

beforeAll(async () => {
  closed = await startTestApp({ models });
  some = await startTestApp({ models, limits: { corsOrigins: ['tauri://localhost', listed] } });
  open = await startTestApp({ models, limits: { corsOrigins: ['*'] } });
});

afterAll(() => Promise.all([closed.close(), some.close(), open.close()]));

/** Only the headers that browsers look at. */
function toCorsHeaders(answer: Response): Record<string, string> {
  return Object.fromEntries(
    [...answer.headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'),
  );
}

function preflight(app: TestApp, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    method: 'OPTIONS',
    headers: { origin: listed, 'access-control-request-method': 'POST', ...headers },
  });
}

describe('by default', () => {
  test('no answer has a header for browsers, and a preflight is a wrong method', async () => {
    const headers = { origin: listed };
    for (const answer of [
      await preflight(closed, '/v1/chat/completions'),
      await postChat(closed, chatBody('good'), { headers }),
      await postChat(closed, chatBody('good', { stream: true }), { headers }),
    ]) {
      expect(toCorsHeaders(answer)).toEqual({});
      await answer.text();
    }
    expect((await preflight(closed, '/v1/models')).status).toBe(405);
  });
});

describe('a preflight', () => {
  test.each([
    ['/v1/chat/completions', 'POST, GET, HEAD'],
    ['/v1/inference/chat/completions/chatcmpl-1', 'GET, HEAD, POST, DELETE'],
    ['/v1/models', 'GET, HEAD'],
    ['/v1/models/hf:owner/repository/file.gguf', 'GET, HEAD, DELETE'],
    ['/v1/chat/completions/input_tokens', 'POST'],
    ['/health', 'GET, HEAD'],
  ])('of %s is told its methods, without a key', async (path, methods) => {
    for (const app of [some, open]) {
      const answer = await preflight(app, path);
      expect(answer.status).toBe(204);
      expect(await answer.text()).toBe('');
      expect(answer.headers.get('access-control-allow-methods')).toBe(methods);
      expect(answer.headers.get('access-control-max-age')).toBe('7200');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
    }
  });

  test('is told of the headers that our clients send, and of no other that it asks for', async () => {
    const asked = 'Authorization,X-Stainless-Retry-Count, x-stainless-lang,x-secret,x-stainless-\u00e9';
    const answer = await preflight(some, '/v1/chat/completions', {
      'access-control-request-headers': Buffer.from(asked).toString('latin1'),
    });
    const allowed = answer.headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'x-request-id', 'x-compat']),
    );
    expect(allowed?.filter((name) => name.startsWith('x-stainless'))).toEqual([
      'x-stainless-retry-count',
      'x-stainless-lang',
    ]);
    expect(allowed).not.toContain('x-secret');
    const many = Array.from({ length: 500 }, (_, index) => `x-stainless-${'a'.repeat(1 + (index % 9))}`);
    const bounded = await preflight(some, '/v1/models', { 'access-control-request-headers': many.join() });
    expect(bounded.headers.get('access-control-allow-headers')?.match(/x-stainless/g)).toHaveLength(64);
  });

  test.each([
    'https://other.example',
    'https://app.example.evil',
    'http://app.example',
    'null',
    listed.toUpperCase(),
  ])('of a page of %s is refused, and a cache learns that it depends on the origin', async (origin) => {
    const answer = await preflight(some, '/v1/chat/completions', { origin });
    expect(answer.status).toBe(405);
    expect(toCorsHeaders(answer)).toEqual({ vary: 'Origin' });
  });

  test('of an unknown URL is 404, which the page may read', async () => {
    const answer = await preflight(some, '/v1/nothing');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('access-control-allow-origin')).toBe(listed);
    expect((await readJson(answer)).error.code).toBe('unknown_url');
  });

  test('that is only an OPTIONS is the wrong method, as before', async () => {
    const plain = await fetch(`${open.url}/v1/models`, { method: 'OPTIONS', headers: { origin: listed } });
    expect(plain.status).toBe(405);
    expect(plain.headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('an answer', () => {
  /** One of each kind: plain, streamed, and failed at each place where an answer is made. */
  const answers: readonly (readonly [string, number, (app: TestApp, origin: string) => Promise<Response>])[] =
    [
      ['plain', 200, (app, origin) => postChat(app, chatBody('good'), { headers: { origin } })],
      [
        'streamed',
        200,
        (app, origin) => postChat(app, chatBody('good', { stream: true }), { headers: { origin } }),
      ],
      ['without a body', 400, (app, origin) => postChat(app, '', { headers: { origin } })],
      ['without a model', 404, (app, origin) => postChat(app, chatBody('nobody'), { headers: { origin } })],
      [
        'without a key',
        401,
        (app, origin) => postChat(app, '{}', { headers: { origin, authorization: '' } }),
      ],
      ['of no route', 404, (app, origin) => fetch(`${app.url}/nothing`, { headers: { origin } })],
      ['of a broken URL', 404, (app, origin) => fetch(`${app.url}/%zz`, { headers: { origin } })],
      [
        'of a wrong method',
        405,
        (app, origin) => fetch(`${app.url}/health`, { method: 'PUT', headers: { origin } }),
      ],
      ['of an open page', 200, (app, origin) => fetch(`${app.url}/health`, { headers: { origin } })],
    ];

  test.each(answers)(
    '%s may be read by a page that is listed, and by every one where all are',
    async (_, status, ask) => {
      const answer = await ask(some, listed);
      expect(answer.status).toBe(status);
      expect(toCorsHeaders(answer)).toEqual({
        vary: 'Origin',
        'access-control-allow-origin': listed,
        'access-control-expose-headers': expect.stringMatching(
          /x-request-id, openai-processing-ms, retry-after, x-should-retry, x-ignored-params, .+/,
        ),
      });
      const toAll = await ask(open, 'https://anyone.example');
      expect(toAll.headers.get('access-control-allow-origin')).toBe('*');
      expect(toAll.headers.get('vary')).toBeNull();
      await Promise.all([answer.text(), toAll.text()]);
    },
  );

  test.each(answers)('%s may not be read by another page', async (_, status, ask) => {
    const answer = await ask(some, 'https://other.example');
    expect(answer.status).toBe(status);
    expect(toCorsHeaders(answer)).toEqual({ vary: 'Origin' });
    await answer.text();
  });

  test('to a program, which sends no origin, says that it depends on it', async () => {
    expect(toCorsHeaders(await fetch(`${some.url}/health`))).toEqual({ vary: 'Origin' });
  });

  test('to a header that is sent twice allows nothing', async () => {
    const { socket, closed: all } = openRawConnection(some.port);
    socket.write(
      `GET /health HTTP/1.1\r\nHost: gravix\r\nConnection: close\r\nOrigin: ${listed}\r\nOrigin: https://evil.example\r\n\r\n`,
    );
    const text = await all;
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toContain('evil');
  });
});
