// What a request meets that is sent to several deployments: where it is tried again, and where it ends.
import { describe, expect, test } from 'vitest';
import { createComposite, createDeployment, readAnswer } from '../../test/create-deployment.ts';
import { createRequest, untouched } from '../../test/create-request.ts';
import { createFakeClock, letSettle } from '../../test/fake-clock.ts';
import {
  createScriptedBackend,
  finish,
  refuse,
  type Script,
  type ScriptStep,
  sayTexts,
  started,
  textDelta,
  toolCallStart,
} from '../../test/scripted-backend.ts';
import { BackendError, type BackendErrorCode } from '../backend/backend-error.ts';
import { noUsage } from '../backend/generation-event.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';

const failed = (code: BackendErrorCode = 'upstream_error', details = {}) =>
  new BackendError(code, `It failed with ${code}.`, details);
const failAfter = (...steps: readonly ScriptStep[]): Script => {
  return () => [...steps, { type: 'fail', error: failed() }];
};

/** Two deployments, of which the second is asked where the first can not. */
function prepare(script: Script, changes: Partial<GenerationRequest> = {}) {
  const clock = createFakeClock();
  const [first, second] = [createScriptedBackend(script), createScriptedBackend(sayTexts('b', 'c'))];
  const composite = createComposite(
    [createDeployment('one', first), createDeployment('two', second, { priority: 1 })],
    clock,
  );
  return {
    clock,
    first,
    second,
    composite,
    generation: composite.generate(createRequest('Hi', changes), untouched()),
  };
}

test.each<[string, Script]>([
  ['a refusal', refuse(failed())],
  ['a time-out of the deployment', refuse(failed('timeout', { isRetryable: true }))],
  ['a failure after the prompt was accepted', failAfter(started)],
  ['a failure after empty deltas', failAfter(started, textDelta(''), { type: 'reasoning-delta', text: '' })],
  ['an answer that just stops', () => [started]],
])('%s is no matter for the client: another deployment answers', async (_, script) => {
  const { first, second, generation } = prepare(script);
  const { events, text, servedBy, error } = await readAnswer(generation);
  expect({ text, servedBy, error }).toEqual({ text: 'bc', servedBy: 'two', error: undefined });
  expect(events.map(({ type }) => type)).toEqual(['started', 'text-delta', 'text-delta', 'finish']);
  expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
});

test.each<[string, ScriptStep]>([
  ['text', textDelta('a')],
  ['reasoning', { type: 'reasoning-delta', text: 'hm' }],
  ['a call', toolCallStart(0, 'f')],
  ['an echo', { type: 'echo', text: 'Hi' }],
])('after %s was sent, a failure reaches the client', async (_, step) => {
  const { second, generation } = prepare(failAfter(started, step));
  const { events, error } = await readAnswer(generation);
  expect(error).toMatchObject({ code: 'upstream_error' });
  expect(events).toHaveLength(2);
  expect(second.requests).toHaveLength(0);
});

test('an answer that is read as a whole is tried again after its content, and the cost of both is known', async () => {
  const { generation } = prepare(failAfter(started, textDelta('a'), textDelta('a')), { isStreamed: false });
  const { text, events } = await readAnswer(generation);
  expect(text).toBe('bc');
  expect(events.filter(({ type }) => type === 'started')).toHaveLength(1);
  expect(await generation.settled).toMatchObject({
    promptTokens: 12,
    completionTokens: 3,
    lostAttempts: [{ servedBy: 'one', promptTokens: 12, completionTokens: 2 }],
  });
});

test('a whole answer whose usage is followed is sent as it comes', async () => {
  const changes = { isStreamed: false, reportsUsage: true };
  const { generation } = prepare(failAfter(started, textDelta('a')), changes);
  expect(await readAnswer(generation)).toMatchObject({ text: 'a', error: { code: 'upstream_error' } });
});

test.each<BackendErrorCode>([
  'context_length_exceeded',
  'unsupported_messages',
  'invalid_request',
  'unknown_token',
])('%s is the fault of the request: no other deployment is asked, and no breaker opens', async (code) => {
  const { first, second, composite, generation } = prepare(refuse(failed(code)));
  expect((await readAnswer(generation)).error).toMatchObject({ code });
  for (let index = 0; index < 5; index += 1) {
    await readAnswer(composite.generate(createRequest('Hi'), untouched()));
  }
  expect([first.requests.length, second.requests.length]).toEqual([6, 0]);
});

test('requests that their clients cancel open no breaker', async () => {
  const { first, second, composite, generation } = prepare(() => [started, { type: 'wait-for-abort' }]);
  void readAnswer(generation);
  for (let index = 0; index < 5; index += 1) {
    const controller = new AbortController();
    const reading = readAnswer(composite.generate(createRequest('Hi'), controller.signal));
    await letSettle();
    controller.abort(new BackendError('timeout', 'The time of the request is over.'));
    expect((await reading).error).toMatchObject({ code: 'timeout' });
  }
  expect([first.requests.length, second.requests.length]).toEqual([6, 0]);
});

describe('the only deployment', () => {
  const alone = (script: Script, mode: 'single' | 'router' = 'single') => {
    const clock = createFakeClock();
    const backend = createScriptedBackend(script);
    return {
      clock,
      backend,
      composite: createComposite([createDeployment('one', backend, { mode })], clock),
    };
  };

  test.each<BackendErrorCode>(['rate_limited', 'overloaded'])(
    'a router that says %s is believed at once',
    async (code) => {
      const { composite, backend } = alone(refuse(failed(code, { retryAfterMs: 7_000 })), 'router');
      const { error } = await readAnswer(composite.generate(createRequest('Hi'), untouched()));
      expect(error).toMatchObject({ code, retryAfterMs: 7_000 });
      expect(backend.requests).toHaveLength(1);
    },
  );

  test.each<BackendErrorCode>(['rate_limited', 'overloaded'])(
    'one that says %s gets no request before its time, and then this one',
    async (code) => {
      let calls = 0;
      const { composite, backend, clock } = alone((request) => {
        calls += 1;
        return calls === 1 ? refuse(failed(code, { retryAfterMs: 2_000 }))(request) : sayTexts('a')(request);
      });
      const reading = readAnswer(composite.generate(createRequest('Hi'), untouched()));
      const other = readAnswer(composite.generate(createRequest('Ho'), untouched()));
      await clock.advance(1_900);
      expect(backend.requests.length).toBeLessThan(3);
      await clock.advance(1_000);
      expect([(await reading).text, (await other).text]).toEqual(['a', 'a']);
    },
  );

  test('one that asks for more time than a request may wait is believed at once', async () => {
    const { composite, backend } = alone(refuse(failed('rate_limited', { retryAfterMs: 60_000 })));
    const { error } = await readAnswer(composite.generate(createRequest('Hi'), untouched()));
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
    expect(backend.requests).toHaveLength(1);
  });

  test('one that fails once is asked once more, after a pause', async () => {
    let calls = 0;
    const { composite, backend, clock } = alone((request) => {
      calls += 1;
      return calls === 1 ? failAfter(started)(request) : sayTexts('a')(request);
    });
    const reading = readAnswer(composite.generate(createRequest('Hi'), untouched()));
    await clock.advance(40);
    expect(backend.requests).toHaveLength(1);
    await clock.advance(200);
    expect((await reading).text).toBe('a');
  });

  test('one that goes on failing is not waited for: its error reaches the client', async () => {
    const { composite, backend, clock } = alone(refuse(failed()));
    const reading = readAnswer(composite.generate(createRequest('Hi'), untouched()));
    await clock.advance(1_000);
    expect((await reading).error).toMatchObject({ code: 'upstream_error' });
    expect(backend.requests).toHaveLength(2);
  });

  test('one that was too slow or crashed is not given the same request again', async () => {
    for (const code of ['timeout', 'engine_crashed'] as const) {
      const { composite, backend, clock } = alone(refuse(failed(code, { isRetryable: true })));
      const reading = readAnswer(composite.generate(createRequest('Hi'), untouched()));
      await clock.advance(5_000);
      expect((await reading).error).toMatchObject({ code });
      expect(backend.requests).toHaveLength(1);
    }
  });
});

test('further attempts are a share of the requests', async () => {
  const clock = createFakeClock();
  // Every second request fails, so that no breaker opens.
  let calls = 0;
  const script: Script = (request) => {
    calls += 1;
    return calls % 2 === 0 ? refuse(failed())(request) : sayTexts('a')(request);
  };
  const backend = createScriptedBackend(script);
  const composite = createComposite([createDeployment('one', backend)], clock, { retriesMin: 2 });
  const results = [];
  for (let index = 0; index < 100; index += 1) {
    const reading = readAnswer(composite.generate(createRequest(`${index}`), untouched()));
    await clock.advance(100);
    results.push(await reading);
  }
  const errors = results.filter(({ error }) => error !== undefined).length;
  expect(backend.requests.length).toBeLessThanOrEqual(100 + 2 + 20 + 2);
  expect(errors).toBeGreaterThan(20);
});

test('a reader that leaves before the first event ends everything, and nothing was spent', async () => {
  const { composite } = prepare(() => [{ type: 'wait-for-abort' }]);
  const { events, settled } = composite.generate(createRequest('Hi'), untouched());
  const reader = events[Symbol.asyncIterator]();
  const first = reader.next().catch(() => undefined);
  await reader.return?.();
  await first;
  expect(await settled).toEqual(noUsage);
});

test('several choices are one request where every deployment makes them, and fail over together', async () => {
  const clock = createFakeClock();
  const { createScriptedRemoteBackend } = await import('../../test/scripted-remote-backend.ts');
  const [first, second] = [
    createScriptedRemoteBackend(failAfter(started)),
    createScriptedRemoteBackend(sayTexts('b')),
  ];
  const deployments = [createDeployment('one', first), createDeployment('two', second, { priority: 1 })];
  const composite = createComposite(deployments, clock);
  const generation = composite.generateChoices?.(createRequest('Hi', { isStreamed: false }), 2, untouched());
  const seen = [];
  for await (const { choice, event } of generation?.events ?? []) {
    if (event.type === 'text-delta' || event.type === 'finish') seen.push([choice, event.type]);
  }
  expect(seen.sort()).toEqual([
    [0, 'finish'],
    [0, 'text-delta'],
    [1, 'finish'],
    [1, 'text-delta'],
  ]);
  expect([first.choiceCounts, second.choiceCounts]).toEqual([[2], [2]]);
  const mixed = createComposite(
    [createDeployment('one', first), createDeployment('x', createScriptedBackend(sayTexts('x')))],
    clock,
  );
  expect(mixed.generateChoices).toBeUndefined();
});

test('counts, tokens and vectors come from another deployment where the first one fails', async () => {
  const clock = createFakeClock();
  const fail = async () => Promise.reject(failed());
  const broken = {
    ...createScriptedBackend(sayTexts('a')),
    countTokens: fail,
    embed: fail,
    tokenizer: { tokenize: fail, detokenize: fail },
  };
  const deployments = [
    createDeployment('one', broken),
    createDeployment('two', createScriptedBackend(sayTexts('b')), { priority: 1 }),
  ];
  const composite = createComposite(deployments, clock, { failuresMax: 100 });
  expect(await composite.countTokens?.(createRequest('Hi'), untouched())).toBe(2);
  expect(await composite.tokenizer?.detokenize([72, 105], untouched(), { requestId: 'a' })).toBe('Hi');
  const inputs = [{ kind: 'text', text: 'Hi' }] as const;
  expect((await composite.embed?.({ id: 'e', inputs }, untouched()))?.vectors).toHaveLength(1);
  const {
    tokenizer: _none,
    embed: _noEmbed,
    countTokens: _noCount,
    ...plain
  } = createScriptedBackend(sayTexts('c'));
  const without = createComposite([createDeployment('one', plain)], clock);
  expect([without.tokenizer, without.embed, without.countTokens]).toEqual([undefined, undefined, undefined]);
});

test('finish is the last event', async () => {
  const { generation } = prepare(() => [started, textDelta('a'), finish(2)]);
  const { events } = await readAnswer(generation);
  expect(events.at(-1)).toMatchObject({ type: 'finish', usage: { completionTokens: 2 } });
  expect(await generation.settled).toMatchObject({ completionTokens: 2 });
});
