// Every POST of the document that makes a model work leaves a row of the ledger: a new one that does not fails here.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chatCapabilities } from '../create-routed-model.ts';
import { createScriptedBackend, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readAny } from './requests.ts';

let app: TestApp;
let key: string;
/** What the model has generated and embedded until now. */
let works = 0;

beforeAll(async () => {
  const scripted = createScriptedBackend(sayTexts('Hi'));
  const count = <Arguments extends readonly unknown[], Result>(work: (...given: Arguments) => Result) => {
    return (...given: Arguments) => {
      works += 1;
      return work(...given);
    };
  };
  app = await startTestApp({
    models: {},
    backends: { good: { ...scripted, generate: count(scripted.generate), embed: count(scripted.embed) } },
    facts: { good: { capabilities: { ...chatCapabilities, embeddings: true } } },
    defaultModel: 'good',
  });
  key = (await app.keys.create({ name: 'walker', scopes: ['inference', 'admin'] })).key;
});

afterAll(() => app.close());

/** Nothing is installed or can be pulled, there is no configuration to reload or drill, and what a path names is not there. */
const ends = [
  '/models/pull',
  '/admin/models/pin',
  '/admin/models/unpin',
  '/admin/models/pulls',
  '/admin/models/pulls/cancel',
  '/admin/config/reload',
  '/admin/upstreams/drill',
];

function isOutOfReach(path: string): boolean {
  return ends.some((end) => path.endsWith(end)) || path.includes('{');
}

test('every POST that generates or embeds leaves one row', async () => {
  const document = await readAny(await fetch(`${app.url}/openapi.json`));
  const posts = Object.entries<Record<string, { requestBody?: Body }>>(document.paths)
    .filter(([, methods]) => methods['post'] !== undefined)
    .map(([path, methods]) => ({ path, body: toExample(methods['post']?.requestBody, path) }));
  expect(posts.length).toBeGreaterThan(20);
  const working: string[] = [];
  for (const { path, body } of posts) {
    const before = works;
    const answer = await fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await answer.text();
    // A sample that is refused would show nothing.
    if (!isOutOfReach(path)) expect([path, answer.ok]).toEqual([path, true]);
    if (works === before) continue;
    working.push(path);
    const requestId = answer.headers.get('x-request-id');
    const rows = (await app.ledger()).filter((row) => row.requestId === requestId);
    expect(rows, path).toHaveLength(1);
    expect(rows[0]?.total.promptTokens, path).toBeGreaterThan(0);
  }
  const known = ['/v1', '/v1/inference'].flatMap((base) =>
    ['chat/completions', 'completions', 'responses', 'messages', 'embeddings'].map(
      (endpoint) => `${base}/${endpoint}`,
    ),
  );
  expect(working).toEqual(expect.arrayContaining(known));
});

interface Body {
  readonly content: { readonly 'application/json': { readonly example: object } };
}

/** The sample of the document, under a name that no other path gives. */
function toExample(body: Body | undefined, path: string): object {
  const { example = {} } = body?.content['application/json'] ?? {};
  return 'name' in example ? { ...example, name: path } : example;
}
