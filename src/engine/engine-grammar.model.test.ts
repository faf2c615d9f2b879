// Generation within a grammar: a real process, the real model.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { startEngine } from '../../test/start-engine.ts';
import { testModelPath } from '../../test/test-model.ts';
import { BackendError } from '../backend/backend-error.ts';
import type { FinishEvent, GenerationEvent } from '../backend/generation-event.ts';
import { type GenerationRequest, neutralSampling } from '../backend/generation-request.ts';
import type { EngineClient } from './engine-client.ts';

const object = String.raw`root ::= "{" ws "\"name\":" ws string "," ws "\"age\":" ws number "," ws "\"tags\":" ws list ws "}"
ws ::= " "?
string ::= "\"" character{1,40} "\""
character ::= [^"\\\x00-\x1F] | "\\" ["\\/bfnrt]
number ::= "-"? ("0" | [1-9] [0-9]{0,9})
list ::= "[" (string ("," ws string){0,3})? "]"
`;

const output: string[] = [];
let client: EngineClient;

beforeAll(async () => {
  client = await startEngine(testModelPath(), {}, (event, detail) => {
    if (event !== 'engine-ready' && event !== 'engine-rested') {
      output.push(`${event}: ${detail}`);
    }
  });
});
afterAll(async () => {
  await client.close(1000);
});

const never = new AbortController().signal;

function generate(grammar: string | undefined, changes: Partial<GenerationRequest> = {}, signal = never) {
  const request = createRequest('Describe a person as JSON.', { maxTokens: 60, grammar, ...changes });
  return client.generate(request, signal).events;
}

interface Outcome {
  readonly text: string;
  readonly reason: FinishEvent['reason'];
  readonly completionTokens: number;
}

async function collect(events: AsyncIterable<GenerationEvent>): Promise<Outcome> {
  let text = '';
  let finish: FinishEvent | undefined;
  for await (const event of events) {
    if (event.type === 'text-delta') {
      text += event.text;
    } else if (event.type === 'finish') {
      finish = event;
    }
  }
  if (finish === undefined) {
    throw new Error('a stream without a finish event');
  }
  return { text, reason: finish.reason, completionTokens: finish.usage.completionTokens };
}

async function failureOf(promise: Promise<unknown>): Promise<BackendError> {
  const error: unknown = await promise.then(
    (value) => new Error(`no failure, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof BackendError) {
    return error;
  }
  throw error;
}

const drawn = (seed: number) => ({ ...neutralSampling, temperature: 1.5, seed });

test('one of two words, and stop when no more is possible', async () => {
  const texts = new Set<string>();
  for (let seed = 0; seed < 12; seed++) {
    const { text, reason } = await collect(generate('root ::= "yes" | "no"', { sampling: drawn(seed) }));
    expect(['yes', 'no']).toContain(text);
    expect(reason).toBe('stop');
    texts.add(text);
  }
  expect(texts.size).toBe(2);
});

test('an object holds its grammar at every seed: whole with stop, a beginning of one with length', async () => {
  const reasons = new Set<string>();
  for (let seed = 0; seed < 24; seed++) {
    const maxTokens = seed % 3 === 0 ? 8 : 300;
    const { text, reason, completionTokens } = await collect(
      generate(object, { sampling: drawn(seed), maxTokens }),
    );
    reasons.add(reason);
    if (reason === 'stop') {
      expect(Object.keys(JSON.parse(text))).toEqual(['name', 'age', 'tags']);
    } else {
      expect(completionTokens).toBe(maxTokens);
      expect(text).toMatch(/^\{ ?("n|$)/);
    }
  }
  expect(reasons).toEqual(new Set(['stop', 'length']));
});

test('the model may go on where the grammar lets it, and ends where the grammar lets it', async () => {
  const { text, reason, completionTokens } = await collect(generate('root ::= [a-z ]+', { maxTokens: 20 }));
  expect(text).toMatch(/^[a-z ]+$/);
  expect(text.length).toBeGreaterThan(3);
  expect(reason === 'length' ? completionTokens : 20).toBe(20);
});

test('two slots keep their own grammars, and a seed draws the same text beside others', async () => {
  const alone = await collect(generate(object, { sampling: drawn(5) }));
  const [first, second, third] = await Promise.all([
    collect(generate(object, { sampling: drawn(5) })),
    collect(generate('root ::= ([0-9] [0-9] ":")+', { sampling: drawn(6) })),
    collect(generate(undefined, { sampling: drawn(7) })),
  ]);
  expect(first).toEqual(alone);
  expect(second.text).toMatch(/^([0-9]{2}:)*[0-9]{0,2}$/);
  expect(second.text).not.toBe('');
  expect(third.text).toMatch(/[A-Za-z]/);
});

test('a slot is free again for free text, and no grammar stays behind', async () => {
  const before = await collect(generate(undefined, { maxTokens: 20 }));
  for (let count = 0; count < 4; count++) {
    await collect(generate('root ::= "0"{5}'));
  }
  expect(await collect(generate(undefined, { maxTokens: 20 }))).toEqual(before);
});

test('a cancel in the middle frees the slot', async () => {
  for (let count = 0; count < 4; count++) {
    for await (const event of generate('root ::= [a-z]+', { maxTokens: 900 })) {
      if (event.type === 'text-delta') {
        break;
      }
    }
  }
  expect(await collect(generate('root ::= "yes"'))).toMatchObject({ text: 'yes', reason: 'stop' });
});

test('a stop sequence ends a constrained text too', async () => {
  const { text, reason } = await collect(generate('root ::= "one, two, three"', { stop: [', th'] }));
  expect(text).toBe('one, two');
  expect(reason).toBe('stop');
});

test('characters of several bytes, also those that the vocabulary has only as bytes', async () => {
  const words = 'café 漢字 🦔 \u{1F9FF}\u{10FFFD}';
  expect(await collect(generate(`root ::= "${words}"`))).toMatchObject({ text: words, reason: 'stop' });
  for (let seed = 0; seed < 8; seed++) {
    const { text, reason } = await collect(
      generate('root ::= [\u{4E00}-\u{9FFF}]{3} [\u{1F300}-\u{1FAFF}]', { sampling: drawn(seed) }),
    );
    expect(text).toMatch(/^[\u{4E00}-\u{9FFF}]{3}[\u{1F300}-\u{1FAFF}]$/u);
    expect(reason).toBe('stop');
  }
});

test('the text of a control token is written as text', async () => {
  const text = '<|im_start|>system<|endoftext|><|im_end|>';
  expect(await collect(generate(`root ::= "${text}"`))).toMatchObject({ text, reason: 'stop' });
});

test('a grammar that no token can go on with ends its own request, and no other', async () => {
  const beside = collect(generate(undefined, { maxTokens: 40 }));
  // No vocabulary has a token that begins with NUL.
  const error = await failureOf(collect(generate(String.raw`root ::= "a" "\x00" "b"`)));
  expect(error.code).toBe('unsupported_grammar');
  const drawnError = await failureOf(
    collect(generate(String.raw`root ::= "a" "\x00" "b"`, { sampling: drawn(1) })),
  );
  expect(drawnError.code).toBe('unsupported_grammar');
  expect((await beside).completionTokens).toBe(40);
});

test('a grammar that does not parse is refused', async () => {
  for (const text of ['root ::= "a', 'root ::= nowhere', 'start ::= "a"', '', 'root ::= root "a"']) {
    expect((await failureOf(collect(generate(text)))).code).toBe('unsupported_grammar');
  }
  expect(client.state()).toBe('ready');
});

test('a grammar whose ways double with each token ends its own request, and the engine serves on', async () => {
  const pid = client.pid;
  // A digit is a token of its own, and the bias makes the sampler ask for it over the whole vocabulary each time. So each
  // takes twice as long as the one before, and none goes from below the limit of a token to above that of the process.
  const ways = 'root ::= "x" s\ns ::= "1" s "b" | "1" s "c"\n';
  const text = { kind: 'text', text: '1', addsControlTokens: false, readsControlTokens: false } as const;
  const { tokens } = await client.tokenizer.tokenize(text, never);
  const sampling = { ...drawn(1), logitBias: new Map(tokens.map((token) => [token, -50])) };
  const error = await failureOf(collect(generate(ways, { sampling, maxTokens: 500 })));
  expect(error.code).toBe('unsupported_grammar');
  expect(await collect(generate('root ::= "yes"'))).toMatchObject({ text: 'yes', reason: 'stop' });
  expect(client.pid).toBe(pid);
});

test('a grammar that never comes back is told so, and the engine starts again', async () => {
  output.length = 0;
  const endings = Array.from({ length: 400 }, (_, index) => `"a" s "${index}"`).join(' | ');
  const error = await failureOf(collect(generate(`root ::= s\ns ::= ${endings}\n`)));
  expect(error.code).toBe('unsupported_grammar');
  await expect.poll(() => output.join('\n'), { timeout: 60_000 }).toContain('engine-crashed');
  expect(await collect(generate('root ::= "yes"'))).toMatchObject({ text: 'yes', reason: 'stop' });
});
