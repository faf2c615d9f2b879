// The prompt of an answer that its reader left before the usage came: the upstream counts it where it can.
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Generation } from '../../src/backend/generation.ts';
import { createRequest, untouched } from '../create-request.ts';
import { chunk, events, sseHead } from './answer-texts.ts';
import type { Behaviour, Turn } from './faulty-upstream.ts';
import { startUpstreamSetup, type UpstreamSetup } from './upstream-setup.ts';

const counted: string[] = [];
const waiting: ServerResponse[] = [];

function tokens(count: number): string {
  return JSON.stringify({ count, tokens: Array.from({ length: count }, (_, index) => index) });
}

/** An answer that goes on without an end, and `toCount` for its prompt. */
const endless =
  (toCount: (turn: Turn) => void): Behaviour =>
  (turn) => {
    const { path, response, body } = turn;
    if (path.endsWith('/tokenize')) {
      counted.push(String(body['model']));
      toCount(turn);
      return;
    }
    response.writeHead(200, sseHead);
    response.write(events(chunk({ delta: { role: 'assistant', content: 'Once' } })));
  };

const behaviours: Readonly<Record<string, Behaviour>> = {
  'counts 321': endless(({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(tokens(321));
  }),
  'has no tokens': endless(({ response }) => {
    response.writeHead(404).end();
  }),
  'says nonsense': endless(({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"tokens":"many"}');
  }),
  'never counts': endless(() => undefined),
  'counts together': endless(({ response }) => {
    waiting.push(response);
    if (waiting.length === 8) for (const each of waiting) each.end(tokens(321));
  }),
  breaks: ({ path, response, body }) => {
    if (path.endsWith('/tokenize')) counted.push(String(body['model']));
    else response.writeHead(200, sseHead);
    response.write(events(chunk({ delta: { content: 'Once' } })), () => response.destroy());
  },
};

let setup: UpstreamSetup;
beforeAll(async () => {
  setup = await startUpstreamSetup(behaviours);
});
afterAll(() => setup.close());

/** Reads the first text, and leaves. */
async function leave({ events: source }: Generation): Promise<void> {
  for await (const event of source) if (event.type === 'text-delta') return;
}

const estimated = { promptTokens: expect.any(Number), completionTokens: 1, isEstimated: true };

test.each(['vllm', 'gravix'] as const)('a %s counts the prompt of an answer that is left', async (kind) => {
  const backend = setup.createBackend('counts 321', {}, { kind });
  const generation = backend.generate(createRequest('Hi'), untouched());
  await leave(generation);
  expect(await generation.settled).toMatchObject({ ...estimated, promptTokens: 321 });
});

test.each(['has no tokens', 'says nonsense', 'never counts'])(
  'one that %s leaves an estimate',
  async (model) => {
    const generation = setup.createBackend(model).generate(createRequest('Hi'), untouched());
    await leave(generation);
    const usage = await generation.settled;
    expect(usage).toMatchObject(estimated);
    expect(usage.promptTokens).not.toBe(321);
    expect(counted).toContain(model);
  },
);

test('one of a kind that has no tokens is not asked', async () => {
  counted.length = 0;
  const backend = setup.createBackend('counts 321', {}, { kind: 'openai-compatible' });
  const generation = backend.generate(createRequest('Hi'), untouched());
  await leave(generation);
  expect(await generation.settled).toMatchObject(estimated);
  expect(counted).toEqual([]);
});

test('one that broke the answer is not asked', async () => {
  counted.length = 0;
  const generation = setup.createBackend('breaks').generate(createRequest('Hi'), untouched());
  await expect(
    (async () => {
      for await (const _ of generation.events);
    })(),
  ).rejects.toMatchObject({ code: 'upstream_error' });
  expect(await generation.settled).toMatchObject(estimated);
  expect(counted).toEqual([]);
});

test('of many that leave at once, eight are counted and the others estimated', async () => {
  const backend = setup.createBackend('counts together');
  const generations = Array.from({ length: 20 }, () => backend.generate(createRequest('Hi'), untouched()));
  await Promise.all(generations.map(leave));
  const usages = await Promise.all(generations.map(({ settled }) => settled));
  // On a machine that is busy enough, some of the eight are late.
  expect(usages.filter(({ promptTokens }) => promptTokens !== 321).length).toBeGreaterThanOrEqual(12);
  expect(waiting).toHaveLength(8);
});
