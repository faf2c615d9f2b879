// The embedded engine behind the backend contract: a real process, the real model. Times are not judged here
// (bench does that); where a test waits, it waits for an event.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { testModelPath } from '../../test/test-model.ts';
import { BackendError } from '../backend/backend-error.ts';
import type { Generation } from '../backend/generation.ts';
import type { FinishEvent, GenerationEvent, StartedEvent } from '../backend/generation-event.ts';
import { type GenerationRequest, neutralSampling } from '../backend/generation-request.ts';
import { textContent } from '../backend/message-content.ts';
import { EngineClient, type EngineClientParts } from './engine-client.ts';
import type { EngineLimits, EngineOptions } from './engine-options.ts';
import { createEngineProcessStarter } from './engine-process-handle.ts';

const options: EngineOptions = {
  modelPath: testModelPath(),
  slots: 2,
  contextLength: 1024,
  threads: undefined,
  flashAttention: true,
  batchTokensMax: 256,
  stepMsTarget: 120,
  draftTokensMax: 15,
};
const limits: EngineLimits = {
  queueLengthMax: 3,
  queueWaitMsMax: 60_000,
  restartDelayMsMin: 50,
  restartDelayMsMax: 1000,
  loadMsMax: 60_000,
};

function createClient(
  changes: { options?: Partial<EngineOptions>; limits?: Partial<EngineLimits> } = {},
  log: EngineClientParts['log'] = () => undefined,
) {
  return new EngineClient({
    options: { ...options, ...changes.options },
    limits: { ...limits, ...changes.limits },
    version: '0.0.0-test',
    startProcess: createEngineProcessStarter(process.env),
    log,
  });
}

const never = new AbortController().signal;

interface Outcome {
  readonly started: Required<Pick<StartedEvent, 'promptTokens' | 'cachedTokens'>>;
  readonly texts: string[];
  readonly text: string;
  readonly finish: FinishEvent;
}

async function collect({ events }: Pick<Generation, 'events'>): Promise<Outcome> {
  const all: GenerationEvent[] = [];
  for await (const event of events) {
    all.push(event);
  }
  const [started, ...rest] = all;
  const finish = rest.pop();
  if (started?.type !== 'started' || finish?.type !== 'finish') {
    throw new Error(`not a whole stream: ${JSON.stringify(all)}`);
  }
  const texts = rest.map((event) => (event.type === 'text-delta' ? event.text : `unexpected ${event.type}`));
  const { promptTokens = Number.NaN, cachedTokens = Number.NaN } = started;
  return { started: { promptTokens, cachedTokens }, texts, text: texts.join(''), finish };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof BackendError ? error.code : `not a BackendError: ${String(error)}`;
  }
  return 'no failure';
}

describe('a running engine', () => {
  let client: EngineClient;
  beforeAll(async () => {
    client = createClient();
    await client.start();
  });
  afterAll(async () => {
    await client.close(1000);
  });
  const generate = (text: string, changes: Partial<GenerationRequest> = {}, signal = never) =>
    client.generate(createRequest(text, changes), signal);

  test('says what it serves', () => {
    expect(client.state()).toBe('ready');
    expect(client.describe()).toMatchObject({ contextLength: 1024, slots: 2 });
    expect(client.describe()?.fingerprint).toMatch(/^gravix-0\.0\.0-test-llama\.cpp-\S+$/);
  });

  test('one delta for each token, exact counts, and the same text for the same request', async () => {
    const first = await collect(generate('Count from one to ten.', { maxTokens: 12 }));
    expect(first.finish.reason).toBe('length');
    expect(first.finish.usage).toMatchObject({
      completionTokens: 12,
      promptTokens: first.started.promptTokens,
    });
    expect(first.texts.length).toBe(12);
    const second = await collect(generate('Count from one to ten.', { maxTokens: 12 }));
    expect(second.text).toBe(first.text);
    expect(second.started.cachedTokens).toBe(first.started.promptTokens - 1);
  });

  test('ends with stop at the end token, which is counted', async () => {
    const { finish, texts } = await collect(generate('Say only the word yes.', { maxTokens: 400 }));
    expect(finish.reason).toBe('stop');
    expect(finish.usage.completionTokens).toBeGreaterThan(texts.length);
  });

  test('a stop sequence ends the text before it and is not shown, also where it spans tokens', async () => {
    const whole = await collect(generate('Write two sentences about the sea.', { maxTokens: 60 }));
    const sequence = whole.text.slice(21, 30);
    const cut = await collect(
      generate('Write two sentences about the sea.', { maxTokens: 60, stop: [sequence] }),
    );
    expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(sequence)));
    expect(cut.finish.reason).toBe('stop');
  });

  test('a seed draws the same text, another seed or none another one', async () => {
    const draw = async (seed: number | undefined) => {
      const sampling = { ...neutralSampling, temperature: 1.2, seed };
      return (await collect(generate('Invent a name for a ship.', { maxTokens: 24, sampling }))).text;
    };
    expect(await draw(7)).toBe(await draw(7));
    expect(await draw(2 ** 40)).toBe(await draw(2 ** 40));
    const others = [
      await draw(8),
      ...(await Promise.all([draw(undefined), draw(undefined), draw(undefined)])),
    ];
    expect(new Set(others).size).toBe(4);
  });

  test("a conversation's next turn does not evaluate its history again", async () => {
    const history = 'The quick brown fox jumps over the lazy dog. '.repeat(20);
    const first = await collect(generate(history, { maxTokens: 20 }));
    await collect(generate('Something else in between, for the other slot.'));
    const second = await collect(
      generate('', {
        prompt: {
          kind: 'chat',
          messages: [
            { role: 'user', content: textContent(history) },
            { role: 'assistant', content: textContent(first.text) },
            { role: 'user', content: textContent('And then?') },
          ],
        },
      }),
    );
    expect(second.started.cachedTokens).toBeGreaterThan(first.started.promptTokens);
  });

  test('a beginning that lies in another slot is copied, and changes no answer', async () => {
    const system = {
      role: 'system',
      content: textContent('You are a helpful guide of a museum. '.repeat(12)),
    } as const;
    const ask = (text: string) =>
      generate('', {
        prompt: { kind: 'chat', messages: [system, { role: 'user', content: textContent(text) }] },
        maxTokens: 24,
      });
    const alone = await collect(ask('What is on the first floor?'));
    await collect(ask('Where are the paintings?'));
    const [left, right] = await Promise.all([
      collect(ask('When do you close?')),
      collect(ask('What is on the first floor?')),
    ]);
    expect(left.started.cachedTokens).toBeGreaterThan(64);
    expect(right.started.cachedTokens).toBeGreaterThan(64);
    expect(right.text.slice(0, 20)).toBe(alone.text.slice(0, 20));
  });

  test('a prompt over the context is refused with its exact length, a hopeless one before it is tokenised', async () => {
    const long = client.generate(createRequest('word '.repeat(1200)), never);
    await expect(collect(long)).rejects.toThrow(
      /maximum context length is 1024 tokens\. However, your messages resulted in 12\d\d tokens/,
    );
    expect(await codeOf(collect(generate('x'.repeat(9_000_000))))).toBe('context_length_exceeded');
    const messages = Array.from(
      { length: 10_000 },
      () => ({ role: 'user', content: textContent('a') }) as const,
    );
    expect(await codeOf(collect(generate('', { prompt: { kind: 'chat', messages } })))).toBe(
      'context_length_exceeded',
    );
  });

  test('a completion ends with length when the context is full', async () => {
    // The model may end by itself before that: drawn at random from so long a nonsense, it seldom does.
    for (let seed = 0; ; seed++) {
      const sampling = { ...neutralSampling, temperature: 2, seed };
      const { finish } = await collect(generate('word '.repeat(960), { maxTokens: 5000, sampling }));
      if (finish.reason === 'length') {
        expect(finish.usage.promptTokens + finish.usage.completionTokens).toBe(1024);
        break;
      }
    }
  });

  test('whoever leaves makes room: queued, in prefill and decoding', async () => {
    const leave = new AbortController();
    const started: Promise<void>[] = [];
    const runs = Array.from({ length: 4 }, (_, index) => {
      const { events } = generate(
        `Tell me everything about ${index}. `.repeat(80),
        { maxTokens: 900 },
        leave.signal,
      );
      const begun = { resolve: () => {} };
      started.push(
        new Promise((resolve) => {
          begun.resolve = resolve;
        }),
      );
      return (async () => {
        for await (const event of events) {
          if (event.type === 'text-delta') {
            begun.resolve();
          }
        }
      })();
    });
    const ends = Promise.allSettled(runs);
    await Promise.race(started);
    leave.abort(new Error('the client left'));
    const outcomes = await ends;
    expect(outcomes.map((end) => (end.status === 'rejected' ? end.reason.message : 'whole'))).toEqual(
      Array(4).fill('the client left'),
    );
    const next = await Promise.all([collect(generate('Hello')), collect(generate('Hi'))]);
    expect(next.every(({ finish }) => finish.usage.completionTokens > 0)).toBe(true);
  });

  test('a reader that stops early frees its slot', async () => {
    for (let count = 0; count < 5; count++) {
      for await (const event of generate('Write a very long story.', { maxTokens: 900 }).events) {
        if (event.type === 'text-delta') {
          break;
        }
      }
    }
    expect((await collect(generate('Hello'))).finish.usage.completionTokens).toBeGreaterThan(0);
  });

  test('a full queue refuses with a time to come back, and serves who was in it', async () => {
    const leave = new AbortController();
    const long = () => collect(generate('Write a very long story.', { maxTokens: 900 }, leave.signal));
    const running = [long(), long()];
    const queued = [collect(generate('a')), collect(generate('b')), collect(generate('c'))];
    const refusal = await collect(generate('d')).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'overloaded' });
    expect((refusal as BackendError).retryAfterMs).toBeGreaterThan(0);
    leave.abort(new Error('enough'));
    await Promise.allSettled(running);
    for (const { finish } of await Promise.all(queued)) {
      expect(finish.usage.completionTokens).toBeGreaterThan(0);
    }
  });
});

test('an engine with nothing left to do tells of its steps', async () => {
  const logged: string[] = [];
  const client = createClient({ options: { threads: 1 } }, (event, detail) => {
    if (event === 'engine-rested') logged.push(detail);
  });
  await client.start();
  try {
    await collect(client.generate(createRequest('Hello', { maxTokens: 4 }), never));
    await expect.poll(() => logged).toEqual(['4 steps, 4 of them with all threads (1)']);
  } finally {
    await client.close(1000);
  }
});

describe('a full queue and several callers', () => {
  test('the newest of the caller with the most gives way, and callers take turns', async () => {
    const client = createClient({ options: { slots: 1 } });
    await client.start();
    const ended: string[] = [];
    const leave = new AbortController();
    const ask = async (callerId: string, name: string, changes: Partial<GenerationRequest> = {}) => {
      const request = createRequest('Hello', { callerId, maxTokens: 2, ...changes });
      await collect(client.generate(request, leave.signal));
      ended.push(name);
    };
    const running = client.generate(createRequest('Write a very long story.', { callerId: 'a' }), never);
    await running.events[Symbol.asyncIterator]().next();
    const queued = [ask('a', 'a1'), ask('a', 'a2')];
    const crowdedOut = collect(client.generate(createRequest('Hello', { callerId: 'a' }), never));
    const further = ask('a', 'a, a further choice', { isFurtherChoice: true });
    const other = ask('b', 'b1');
    expect(await codeOf(crowdedOut)).toBe('overloaded');
    // Three wait that may be refused, and `b` can't have more than `a`.
    expect(await codeOf(ask('a', 'a4'))).toBe('overloaded');
    expect(await codeOf(ask('b', 'b2'))).toBe('overloaded');
    for await (const _ of running.events);
    await Promise.all([...queued, further, other]);
    expect(ended).toEqual(['b1', 'a1', 'a2', 'a, a further choice']);
    await client.close(1000);
  });
});

describe('an engine in trouble', () => {
  test('a crash ends what runs, keeps what waits, and is followed by a restart', async () => {
    const client = createClient({ options: { slots: 1 } });
    await client.start();
    const running = collect(
      client.generate(createRequest('Write a very long story.', { maxTokens: 900 }), never),
    );
    const waiting = collect(client.generate(createRequest('Hello'), never));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { pid } = client;
    process.kill(pid ?? 0, 'SIGSEGV');
    expect(await codeOf(running)).toBe('engine_crashed');
    expect((await waiting).finish.usage.completionTokens).toBeGreaterThan(0);
    expect(client.state()).toBe('ready');
    expect(client.pid).not.toBe(pid);
    await client.close(1000);
  });

  test('who waits too long is told when to come back', async () => {
    const client = createClient({ options: { slots: 1 }, limits: { queueWaitMsMax: 100 } });
    await client.start();
    const leave = new AbortController();
    const running = collect(
      client.generate(createRequest('Write a story.', { maxTokens: 900 }), leave.signal),
    );
    const late = await collect(client.generate(createRequest('Hello'), never)).catch(
      (error: unknown) => error,
    );
    expect(late).toMatchObject({ code: 'overloaded' });
    leave.abort();
    await running.catch(() => undefined);
    await client.close(1000);
  });

  test('draining lets what runs finish, refuses the rest, and ends what takes too long', async () => {
    const client = createClient({ options: { slots: 1 } });
    await client.start();
    const short = client.generate(createRequest('Hello', { maxTokens: 30 }), never);
    await short.events[Symbol.asyncIterator]().next();
    const queued = collect(client.generate(createRequest('Hi'), never));
    const closing = client.close(60_000);
    expect(client.state()).toBe('draining');
    expect(await codeOf(queued)).toBe('overloaded');
    expect(await codeOf(collect(client.generate(createRequest('Hi'), never)))).toBe('overloaded');
    let last: GenerationEvent | undefined;
    for await (const event of short.events) {
      last = event;
    }
    expect(last?.type).toBe('finish');
    await closing;
    expect(client.state()).toBe('closed');

    const hasty = createClient({ options: { slots: 1 } });
    await hasty.start();
    const long = collect(
      hasty.generate(createRequest('Write a very long story.', { maxTokens: 900 }), never),
    );
    const code = codeOf(long);
    await hasty.close(50);
    expect(await code).toBe('overloaded');
  });

  test('a file that is no model, and a context that fits no memory, are told in a sentence', async () => {
    const noModel = createClient({ options: { modelPath: import.meta.filename } });
    await expect(noModel.start()).rejects.toThrow(/could not be loaded: .*[^.]\.$/);
    expect(noModel.state()).toBe('failed');
    await noModel.close(0);
    const huge = createClient({ options: { slots: 64, contextLength: 1_048_576 } });
    expect(await codeOf(huge.start())).toBe('insufficient_memory');
    await huge.close(0);
  });
});
