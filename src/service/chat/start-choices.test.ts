import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { backendKinds } from '../../../test/backend-kinds.ts';
import { finish, type Script, started, textDelta } from '../../../test/scripted-backend.ts';
import {
  bad,
  type ChatSetup,
  good,
  inTurn,
  prepare as prepareKind,
  readAll,
  toRequest,
} from '../../../test/scripted-chat.ts';
import { BackendError } from '../../backend/backend-error.ts';
import { neutralSampling } from '../../backend/generation-request.ts';
import type { ChatRun } from './chat.ts';

const free = { outputFormat: undefined };
const say = (text: string) => [started, textDelta(text), finish(2)];

async function readChoices(run: ChatRun): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  for await (const { choice, event } of run.events) {
    if (event.type === 'text-delta') texts.set(choice, (texts.get(choice) ?? '') + event.text);
  }
  return texts;
}

describe('several choices of a backend that makes one', () => {
  test('the first runs alone until the prompt was evaluated, the others beside it', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { backend, start } = prepareKind(
      inTurn(
        [started, { type: 'wait-for', promise: gate }, textDelta('a'), { type: 'wait-for-abort' }],
        say('b'),
        say('c'),
      ),
      { choiceCount: 3, isStreamed: true },
    );
    const events = (await start(toRequest(free))).events[Symbol.asyncIterator]();
    await events.next();
    const second = events.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(backend.requests).toHaveLength(1);
    open();
    expect((await second).value).toMatchObject({ choice: 0, event: { text: 'a' } });
    const seen: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      const { value } = await events.next();
      seen.push(`${value.choice} ${value.event.type}`);
    }
    expect(seen.sort()).toEqual(
      [1, 2].flatMap((choice) => ['finish', 'started', 'text-delta'].map((type) => `${choice} ${type}`)),
    );
    expect(backend.requests.map(({ id, isFurtherChoice }) => [id, isFurtherChoice])).toEqual([
      ['chatcmpl-1', false],
      ['chatcmpl-1-1', true],
      ['chatcmpl-1-2', true],
    ]);
    await events.return?.();
    expect(backend.running()).toBe(0);
  });

  test('each draws with a seed of its own, always the same ones; none stays none', async () => {
    const seedsOf = async (seed: number | undefined) => {
      const { backend, start } = prepareKind(() => say('a'), { choiceCount: 4 });
      await readChoices(await start(toRequest({ ...free, sampling: { ...neutralSampling, seed } })));
      return backend.requests.map(({ sampling }) => sampling.seed);
    };
    const seeds = await seedsOf(7);
    expect(seeds[0]).toBe(7);
    expect(new Set(seeds).size).toBe(4);
    expect(seeds.every(Number.isSafeInteger)).toBe(true);
    expect(await seedsOf(7)).toEqual(seeds);
    expect(await seedsOf(8)).not.toContain(seeds[1]);
    expect(await seedsOf(undefined)).toEqual(Array(4).fill(undefined));
  });
});

describe.each(backendKinds)('several choices over a backend of the kind $name', (kind) => {
  const prepare = (script: Script, setup: ChatSetup) => prepareKind(script, { kind, ...setup });

  test('an answer without any text lets the others begin too', async () => {
    const { start } = prepare(inTurn([started, finish(1)], say('b')), { choiceCount: 2 });
    expect(await readChoices(await start(toRequest(free)))).toEqual(new Map([[1, 'b']]));
  });

  test('each answer is checked and made anew by itself, and the record tells of all', async () => {
    const answers = new Map([
      ['chatcmpl-1', [good]],
      ['chatcmpl-1-1', [bad, bad, good]],
    ]);
    const script: Script = ({ id }) => answers.get(id)?.shift() ?? bad;
    const { backend, start } = prepare(script, { choiceCount: 2 });
    const run = await start();
    expect(await readChoices(run)).toEqual(
      new Map([
        [0, '{"a":1}'],
        [1, '{"a":1}'],
      ]),
    );
    // The first attempts at both are one request where the backend makes several choices of one.
    expect(backend.requests).toHaveLength(kind.makesChoices ? 3 : 4);
    expect(run.record).toMatchObject({
      promptTokens: 12,
      // A server that counts all choices together counts the first attempt at the second one, too.
      completionTokens: kind.makesChoices ? 13 : 10,
      structuredAttempts: 3,
      finishReason: 'stop',
    });
  });

  test('one that stays invalid ends all', async () => {
    const script: Script = ({ id }) =>
      id === 'chatcmpl-1' ? [...good.slice(0, -1), { type: 'wait-for-abort' }] : bad;
    const { backend, controller, start } = prepare(script, { choiceCount: 3 });
    expect((await readAll(await start())).error).toMatchObject({ code: 'invalid_structured_output' });
    expect(backend.running()).toBe(0);
    await expect.poll(() => getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test.each([0, 1])('a failure of choice %i is the failure of all', async (failing) => {
    const failure = new BackendError('engine_crashed', 'The engine crashed.');
    const script: Script = ({ id }) => {
      const isFailing = id === (failing === 0 ? 'chatcmpl-1' : `chatcmpl-1-${failing}`);
      return [
        started,
        textDelta('a'),
        isFailing ? { type: 'fail', error: failure } : { type: 'wait-for-abort' },
      ];
    };
    const { backend, start } = prepare(script, { choiceCount: 3 });
    expect((await readAll(await start(toRequest(free)))).error).toBe(failure);
    expect(backend.running()).toBe(0);
  });

  test('a client that leaves ends all, those that have not begun too', async () => {
    const { backend, controller, start } = prepare(() => [started, { type: 'wait-for-abort' }], {
      choiceCount: 3,
    });
    // A backend of several deployments accepts a prompt with the first content alone.
    const reading = start(toRequest(free)).then(readAll, (error: unknown) => ({ error }));
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(new Error('left'));
    expect((await reading).error).toMatchObject({ message: 'left' });
    expect(backend.requests).toHaveLength(1);
    expect(backend.running()).toBe(0);
  });
});
