// What every backend owes those above it. The real engine is held to the same in src/engine/engine-cost.model.test.ts.
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { BackendError } from '../../src/backend/backend-error.ts';
import type { Generation } from '../../src/backend/generation.ts';
import { type GenerationEvent, noUsage } from '../../src/backend/generation-event.ts';
import { ModelPool } from '../../src/residency/model-pool.ts';
import { OnDemandBackend } from '../../src/residency/on-demand-backend.ts';
import { compositeKind, embeddedKind, remoteKind } from '../backend-kinds.ts';
import { createRequest, untouched } from '../create-request.ts';
import { refuse, type Script, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { createScriptedPoolModel } from '../scripted-pool-model.ts';
import { createScriptedUpstream } from '../upstream/create-scripted-upstream.ts';

interface TestedKind {
  /** A backend that does what a script says. A kind that needs a server starts it here, and stops it with `onTestFinished`. */
  create(script: Script): Backend | Promise<Backend>;
  /** The errors of a script reach the reader as they are. A remote server reports them in its own words. */
  readonly isInProcess: boolean;
}

const backends: Readonly<Record<string, TestedKind>> = {
  embedded: { create: embeddedKind.create, isInProcess: true },
  remote: { create: remoteKind.create, isInProcess: true },
  'remote over HTTP': { create: createScriptedUpstream, isInProcess: false },
  'on demand': {
    create: (script) =>
      new OnDemandBackend(
        new ModelPool({
          budget: { modelMemoryBytesMax: 10, loadedModelsMax: 1 },
          limits: { waitersMax: 4, queueWaitMsMax: 10_000, retryAfterMs: 1 },
          onEvent: () => undefined,
        }),
        createScriptedPoolModel('a', { script }),
      ),
    isInProcess: true,
  },
  composite: { create: compositeKind.create, isInProcess: true },
};

async function readAll({ events }: Generation): Promise<readonly GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const silent: Script = () => [started, textDelta('a'), { type: 'wait-for-abort' }];

describe.each(Object.entries(backends))('a backend of the kind %s', (_, { create, isInProcess }) => {
  test('begins with `started`, ends with `finish`, and has cost what that says', async () => {
    const backend = await create(sayTexts('a', 'b'));
    const generation = backend.generate(createRequest('Hi'), untouched());
    const events = await readAll(generation);
    expect(events.map(({ type }) => type)).toEqual(['started', 'text-delta', 'text-delta', 'finish']);
    const last = events.at(-1);
    expect(await generation.settled).toEqual(last?.type === 'finish' && last.usage);
  });

  test('lets a reader leave, and knows what was spent', async () => {
    const backend = await create(silent);
    const generation = backend.generate(createRequest('Hi'), untouched());
    for await (const event of generation.events) if (event.type === 'text-delta') break;
    expect(await generation.settled).toMatchObject({ completionTokens: 1 });
    expect(backend.load()).toMatchObject({ running: 0, waiting: 0 });
  });

  test("ends with the signal's reason", async () => {
    const controller = new AbortController();
    const backend = await create(silent);
    const generation = backend.generate(createRequest('Hi'), controller.signal);
    const reader = generation.events[Symbol.asyncIterator]();
    // The token must have arrived, also over a network.
    expect((await reader.next()).value).toMatchObject({ type: 'started' });
    expect((await reader.next()).value).toMatchObject({ type: 'text-delta' });
    setTimeout(() => controller.abort(new Error('left')), 20);
    await expect(reader.next()).rejects.toThrow('left');
    expect(await generation.settled).toMatchObject({ completionTokens: 1 });
  });

  test('throws what it refuses in the reader alone, and it cost nothing', async () => {
    const error = new BackendError('overloaded', 'The server is busy.');
    const backend = await create(refuse(error));
    const generation = backend.generate(createRequest('Hi'), untouched());
    const refusal = await readAll(generation).catch((thrown: unknown) => thrown);
    // A remote server sends no object: the sentence is that of its backend.
    expect(refusal).toBeInstanceOf(BackendError);
    expect(refusal).toMatchObject({ code: 'overloaded', isRetryable: true, wasGenerating: false });
    if (isInProcess) expect(refusal).toBe(error);
    expect(await generation.settled).toEqual(noUsage);
  });

  test('lets a reader leave before the first event', async () => {
    const backend = await create(silent);
    const { events, settled } = backend.generate(createRequest('Hi'), untouched());
    const reader = events[Symbol.asyncIterator]();
    const first = reader.next().catch(() => undefined);
    await reader.return?.();
    await Promise.all([first, settled]);
    expect(backend.load()).toMatchObject({ running: 0, waiting: 0 });
  });

  test('says what it can do before its first request, and how busy it is', async () => {
    const backend = await create(silent);
    const before = structuredClone(backend.capabilities);
    expect(backend.load()).toMatchObject({ running: 0, waiting: 0 });
    const generation = backend.generate(createRequest('Hi'), untouched());
    const reader = generation.events[Symbol.asyncIterator]();
    await reader.next();
    expect(backend.load()).toMatchObject({ running: 1 });
    await reader.return?.();
    await generation.settled;
    expect(backend.capabilities).toEqual(before);
  });
});
