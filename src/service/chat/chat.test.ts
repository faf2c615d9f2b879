import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { backendKinds } from '../../../test/backend-kinds.ts';
import { finish, type Script, type ScriptStep, started, textDelta } from '../../../test/scripted-backend.ts';
import {
  bad,
  type ChatSetup,
  good,
  inTurn,
  jsonObject,
  prepare as prepareKind,
  readAll,
  toRequest,
  toSchemaFormat,
} from '../../../test/scripted-chat.ts';
import { BackendError } from '../../backend/backend-error.ts';
import { neutralSampling } from '../../backend/generation-request.ts';
import { textContent } from '../../backend/message-content.ts';
import { ServiceError } from '../service-error.ts';

describe.each(backendKinds)('over a backend of the kind $name', (kind) => {
  const prepare = (script: Script, setup: ChatSetup = {}) => prepareKind(script, { kind, ...setup });

  describe('before a token is spent', () => {
    test('the format goes to the backend, and its grammar to one that takes grammars', async () => {
      const { backend, start } = prepare(inTurn(good));
      await readAll(await start());
      const grammar = kind.takesGrammar ? 'root ::= "json-object"' : undefined;
      expect(backend.requests).toMatchObject([{ outputFormat: jsonObject, grammar }]);
    });

    test.each([true, false])('the backend learns what is read (stream: %s)', async (isStreamed) => {
      const { backend, start } = prepare(inTurn(good), { isStreamed });
      await readAll(await start());
      expect(backend.requests).toMatchObject([{ isStreamed }]);
    });

    test('free text has no grammar, no check and no count of attempts', async () => {
      const { backend, compiler, start } = prepare(inTurn(bad));
      const run = await start(toRequest({ outputFormat: undefined }));
      expect((await readAll(run)).events).toEqual(kind.toSeen(bad));
      const of = { requestId: 'req_test', callerId: 'someone', projectId: 'default', isStreamed: false };
      expect(backend.requests).toEqual([{ ...toRequest({ outputFormat: undefined }), ...of }]);
      expect(compiler.formats).toEqual([]);
      expect(run.record.structuredAttempts).toBeUndefined();
    });

    test('a strict schema that can not be enforced is refused, with its path', async () => {
      const { backend, start } = prepare(inTurn());
      const outputFormat = toSchemaFormat({ 'x-unsupported': 'properties.x.pattern' });
      await expect(start(toRequest({ outputFormat }))).rejects.toMatchObject({
        code: 'unsupported_schema',
        place: { kind: 'output-format', path: 'properties.x.pattern' },
      });
      expect(backend.requests).toEqual([]);
    });

    test('a model that is not there is not worth a compilation', async () => {
      const { compiler, start } = prepare(inTurn());
      await expect(start(toRequest(), 'other')).rejects.toMatchObject({ code: 'model_not_found' });
      expect(compiler.formats).toEqual([]);
    });

    test('a compilation that takes long ends with the time of the request, and with its client', async () => {
      const wait = () => new Promise<never>(() => {});
      const endless = { compile: wait, compileArguments: wait, close: async () => {} };
      const { start } = prepare(inTurn(), { compiler: endless, requestMsMax: 20 });
      await expect(start()).rejects.toMatchObject({ code: 'timeout' });
      const { controller, start: startAgain, useCases } = prepare(inTurn(), { compiler: endless });
      const starting = startAgain();
      controller.abort(new Error('left'));
      await expect(starting).rejects.toThrow('left');
      expect(useCases.flatMap(({ signal }) => getEventListeners(signal, 'abort'))).toEqual([]);
    });
  });

  describe('a plain answer', () => {
    test('that is invalid is made anew, and what is returned is the valid one alone', async () => {
      const { compiler, start } = prepare(inTurn(bad, bad, good));
      const run = await start();
      expect((await readAll(run)).events).toEqual(kind.toSeen(good));
      expect(compiler.checkedTexts).toEqual(['{"a":', '{"a":', '{"a":1}']);
      expect(run.record).toMatchObject({
        structuredAttempts: 3,
        promptTokens: 12,
        completionTokens: 5,
        finishReason: 'stop',
        // A remote server does not say how long its queue was.
        queueWaitMs: kind.name === 'remote' ? undefined : 4.5,
      });
    });

    test('that is valid at once is made once', async () => {
      const { start } = prepare(inTurn(good));
      const run = await start();
      expect((await readAll(run)).events).toEqual(kind.toSeen(good));
      expect(run.record.structuredAttempts).toBe(1);
    });

    test('that stays invalid fails', async () => {
      const { start } = prepare(inTurn(bad, bad, bad));
      const run = await start();
      const { events, error } = await readAll(run);
      expect(events).toEqual([]);
      expect(error).toMatchObject({
        code: 'invalid_structured_output',
        place: undefined,
        message:
          'All 3 answers that were generated do not have the requested format. The last problem: The answer is not JSON.',
      });
      expect(run.record).toMatchObject({ structuredAttempts: 3, finishReason: undefined });
    });

    test('is made no more often than the setting says', async () => {
      const { start } = prepare(inTurn(bad), { structuredAttemptsMax: 1 });
      const run = await start();
      expect((await readAll(run)).error).toMatchObject({ code: 'invalid_structured_output' });
      expect(run.record.structuredAttempts).toBe(1);
    });

    test('further attempts are warmer, and a seed is another one each time, always the same ones', async () => {
      const greedy = { temperature: 0, topP: 0, topK: 1, minP: 1, presencePenalty: 1 };
      const warmer = { temperature: 0.7, topP: 0.9, topK: 20, minP: 0.1, presencePenalty: 1 };
      for (const [seed, seeds] of [
        [7, [7, 6, 5]],
        [-7, [-7, -6, -5]],
        [0, [0, 1, 2]],
        [Number.MAX_SAFE_INTEGER, [0, 1, 2].map((step) => Number.MAX_SAFE_INTEGER - step)],
        [undefined, [undefined, undefined, undefined]],
      ] as const) {
        const { backend, start } = prepare(inTurn(bad, bad, good));
        await readAll(await start(toRequest({ sampling: { ...neutralSampling, ...greedy, seed } })));
        expect(backend.requests.map(({ sampling }) => sampling)).toEqual([
          { ...neutralSampling, ...greedy, seed: seeds[0] },
          { ...neutralSampling, ...warmer, seed: seeds[1] },
          { ...neutralSampling, ...warmer, seed: seeds[2] },
        ]);
      }
      const { backend, start } = prepare(inTurn(bad, good));
      const sampling = { ...neutralSampling, temperature: 1.2, topK: 40, minP: 0.05 };
      await readAll(await start(toRequest({ sampling })));
      expect(backend.requests.map((request) => request.sampling)).toEqual([sampling, sampling]);
    });

    test('that ran out of tokens is cut, says so, and is not checked', async () => {
      const cut = [started, textDelta('{"a":'), finish(2, 'length')];
      const { compiler, start } = prepare(inTurn(cut));
      expect((await readAll(await start())).events).toEqual(kind.toSeen(cut));
      expect(compiler.checkedTexts).toEqual([]);
    });

    test('a failure of the backend in the second attempt is that failure', async () => {
      const overloaded = new BackendError('overloaded', 'The server is busy.');
      for (const script of [
        [{ type: 'fail', error: overloaded } as const],
        [started, { type: 'fail', error: overloaded } as const],
      ]) {
        const { backend, start } = prepare(inTurn(bad, script));
        expect((await readAll(await start())).error).toBe(overloaded);
        expect(backend.running()).toBe(0);
      }
    });
  });

  describe('an end from outside', () => {
    const silent: readonly ScriptStep[] = [started, { type: 'wait-for-abort' }];
    const queued: readonly ScriptStep[] = [{ type: 'wait-for-abort' }];
    test.each([
      ['in the queue for the second attempt', queued],
      ['in the second attempt', silent],
    ])('a client that leaves %s frees everything', async (_, script) => {
      const { backend, controller, start, useCases } = prepare(inTurn(bad, script));
      const reading = readAll(await start());
      while (backend.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      controller.abort(new Error('left'));
      expect((await reading).error).toMatchObject({ message: 'left' });
      expect(backend.endings.map(({ how }) => how)).toEqual(['finished', 'aborted']);
      expect(useCases.flatMap(({ signal }) => getEventListeners(signal, 'abort'))).toEqual([]);
    });

    test.each([true, false])('a client that leaves during the check (stream: %s)', async (isStreamed) => {
      const { backend, compiler, controller, start } = prepare(inTurn(good), { isStreamed });
      const outputFormat = toSchemaFormat({ 'x-slow-check': true });
      const reading = readAll(await start(toRequest({ outputFormat })));
      while (compiler.checkedTexts.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      controller.abort(new Error('left'));
      const { events, error } = await reading;
      expect(error).toMatchObject({ message: 'left' });
      expect(events.map(({ type }) => type)).not.toContain('finish');
      expect(backend.running()).toBe(0);
    });

    test('all attempts have one time limit together', async () => {
      const slow: readonly ScriptStep[] = [started, { type: 'wait', ms: 60 }, textDelta('{'), finish(2)];
      const { start } = prepare(inTurn(slow, slow, slow), { requestMsMax: 100 });
      expect((await readAll(await start())).error).toMatchObject({ code: 'timeout' });
    });

    test('a reader who stops early leaves nothing running', async () => {
      const { backend, controller, start } = prepare(inTurn(good), { isStreamed: true });
      for await (const { event } of (await start()).events) if (event.type === 'text-delta') break;
      expect(backend.endings).toMatchObject([{ how: 'left' }]);
      await expect.poll(() => getEventListeners(controller.signal, 'abort')).toEqual([]);
    });
  });

  describe('a stream', () => {
    test('is sent as it is made, and its end waits for the check', async () => {
      const { compiler, start } = prepare(inTurn(good), { isStreamed: true });
      const seen: string[] = [];
      const run = await start();
      for await (const { event } of run.events)
        seen.push(`${event.type} after ${compiler.checkedTexts.length} checks`);
      expect(seen).toEqual([
        'started after 0 checks',
        'text-delta after 0 checks',
        'text-delta after 0 checks',
        'finish after 1 checks',
      ]);
      expect(run.record.structuredAttempts).toBe(1);
    });

    test('that turns out invalid is never finished and never made anew', async () => {
      const { backend, start } = prepare(inTurn(bad), { isStreamed: true });
      const run = await start();
      const { events, error } = await readAll(run);
      expect(events).toEqual(kind.toSeen(bad.slice(0, -1)));
      expect(error).toMatchObject({
        code: 'invalid_structured_output',
        message: 'The answer does not have the requested format. The last problem: The answer is not JSON.',
      });
      expect(backend.endings).toHaveLength(1);
      expect(run.record.finishReason).toBeUndefined();
    });
  });

  describe('a schema that is not strict', () => {
    const loose = { strict: false };

    test('is checked only where no grammar holds it, and says what is not enforced', async () => {
      const { compiler, start } = prepare(kind.takesGrammar ? inTurn(bad) : inTurn(bad, good));
      const schema = { 'x-checked-afterwards': ['uniqueItems', '', 'properties.a.not'] };
      const run = await start(toRequest({ outputFormat: toSchemaFormat(schema, loose) }));
      // The check of an answer that no grammar holds sees all keywords.
      const unenforced = kind.takesGrammar ? ['uniqueItems', 'schema', 'properties.a.not'] : [];
      expect(run.unenforced.map(({ path }) => path)).toEqual(unenforced);
      expect((await readAll(run)).events).toEqual(kind.toSeen(kind.takesGrammar ? bad : good));
      expect(compiler.checkedTexts).toEqual(kind.takesGrammar ? [] : ['{"a":', '{"a":1}']);
      const structuredAttempts = kind.takesGrammar ? 1 : 2;
      expect(run.record).toMatchObject({ structuredAttempts, finishReason: 'stop' });
    });

    test('while a strict one is checked, and has nothing to say', async () => {
      const { start } = prepare(inTurn(good));
      const run = await start(
        toRequest({ outputFormat: toSchemaFormat({ 'x-checked-afterwards': ['uniqueItems'] }) }),
      );
      expect(run.unenforced).toEqual([]);
    });

    test.each<[object, string, string[]]>([
      [{ type: 'object', 'x-unsupported': 'properties.a' }, 'json-object', ['properties.a']],
      [{ properties: {}, 'x-unsupported': '' }, 'json-object', ['schema']],
      [{ type: 'array', properties: {}, 'x-unsupported': 'items' }, 'json-schema', ['items']],
      [{ 'x-unsupported': 'anyOf[1]' }, 'json-schema', ['anyOf[1]']],
    ])('%j, which can not be compiled, is any JSON of its kind', async (schema, anyKind, unenforced) => {
      const { backend, compiler, start } = prepare(inTurn(good));
      const outputFormat = toSchemaFormat(schema, loose);
      const run = await start(toRequest({ outputFormat }));
      expect(run.unenforced).toEqual(unenforced.map((path) => ({ path })));
      expect(compiler.formats).toHaveLength(2);
      const grammar = kind.takesGrammar ? `root ::= "${anyKind}"` : undefined;
      expect(backend.requests).toMatchObject([{ grammar, outputFormat }]);
      await readAll(run);
    });

    test.each([
      ['a fault of its own', new Error('The thread ended.')],
      ['another refusal', new ServiceError('model_not_found', 'No such model.', { kind: 'model' })],
    ])('a compiler that fails with %s found no schema that can not be compiled', async (_, error) => {
      const fail = () => Promise.reject(error);
      const broken = { compile: fail, compileArguments: fail, close: async () => {} };
      const { start } = prepare(inTurn(), { compiler: broken });
      // Where nothing is compiled, nothing can fail.
      const outputFormat = toSchemaFormat({}, kind.takesGrammar ? loose : {});
      await expect(start(toRequest({ outputFormat }))).rejects.toBe(error);
    });

    test('that is too large to be sent anywhere is refused like a strict one', async () => {
      const { compiler, start } = prepare(inTurn());
      const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
      await expect(start(toRequest({ outputFormat: toSchemaFormat(deep, loose) }))).rejects.toMatchObject({
        code: 'unsupported_schema',
        place: { kind: 'output-format', path: '' },
      });
      expect(compiler.formats).toEqual([]);
    });
  });

  test.each([
    [
      true,
      [
        {
          role: 'system',
          content: textContent('Answer with JSON that matches this JSON Schema: {"type":"null"}'),
        },
      ],
    ],
    [false, []],
  ])('the model reads the schema when the setting says so: %s', async (showSchema, added) => {
    const { backend, start } = prepare(inTurn(good), { showSchema });
    await readAll(await start(toRequest({ outputFormat: toSchemaFormat({ type: 'null' } as object) })));
    expect(backend.requests[0]?.prompt).toEqual({
      kind: 'chat',
      // A server shows its model a schema in a way of its own.
      messages: [...(kind.takesGrammar ? added : []), { role: 'user', content: textContent('Hello') }],
    });
  });
});
