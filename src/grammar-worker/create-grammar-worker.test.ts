import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { OutputFormat } from '../backend/output-format.ts';
import type { OutputCompiler } from '../service/chat/output-compiler.ts';
import { createGrammarWorker, type GrammarWorkerOptions } from './create-grammar-worker.ts';

// Every test has a thread of its own, started from source.

const workers: OutputCompiler[] = [];

/** On a busy machine everything takes longer: the deadline has tests of its own. */
const patience = { answerMsMax: 60_000 };

function startWorker(options?: GrammarWorkerOptions): OutputCompiler {
  const worker = createGrammarWorker({ ...patience, ...options });
  workers.push(worker);
  return worker;
}

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
});

const jsonObject: OutputFormat = { kind: 'json-object' };

function toChoice(...choices: string[]): OutputFormat {
  return { kind: 'choice', choices };
}

function toSchemaFormat(schema: unknown): OutputFormat {
  return { kind: 'json-schema', name: 'answer', description: undefined, schema, strict: true };
}

/** Takes seconds on any machine, and is too large in the end. */
function toSlowFormat(seed: string): OutputFormat {
  const digits = (index: number, salt: number) =>
    (((index + salt) * 2_654_435_761) % 4_294_967_296).toString(36);
  const choices = Array.from({ length: 50_000 }, (_, index) =>
    [1, 2, 3, 4].reduce((text, salt) => text + digits(index, salt * 7_919), seed),
  );
  return toChoice(...choices);
}

/** Enough for a slow format, and too little for it. */
const slowLimits = { formatCharactersMax: 100_000_000, compileMsMax: 700, memoryMbMax: 2_000 };

const refused = (message: string, path = '') =>
  expect.objectContaining({
    code: 'unsupported_schema',
    place: { kind: 'output-format', path },
    message: expect.stringContaining(message),
  });

test('compiles a form and checks an answer', async () => {
  const worker = startWorker();
  const { grammar, checkedAfterwards, check } = await worker.compile(toChoice('yes', 'no'));
  expect(grammar).toMatch(/^root ::= /);
  expect(checkedAfterwards).toEqual([]);
  expect(await check('yes')).toEqual([]);
  expect(await check('maybe')).toEqual(['The answer is none of the choices.']);
  const object = await worker.compile(jsonObject);
  expect(await object.check('{"a": 1}')).toEqual([]);
  expect(await object.check('{"a": 1')).toEqual(['The answer is not JSON.']);
  expect(await object.check('[]')).toEqual(['The answer is not a JSON object.']);
});

test('compiles the arguments of a tool, and checks those of a strict one', async () => {
  const worker = startWorker();
  const parameters = { properties: { a: { type: 'array', uniqueItems: true } }, required: ['a'] };
  const strict = await worker.compileArguments({
    parameters,
    isStrict: true,
    notation: 'json',
    callCharactersMax: 720,
  });
  expect(strict.grammar).toMatchObject({ kind: 'object', gbnf: expect.stringMatching(/^root ::= /) });
  expect(strict.checkedAfterwards).toEqual(['properties.a.uniqueItems']);
  expect(await strict.check('{"a":[1]}')).toEqual([]);
  expect(await strict.check('{"a":[1,1]}')).toHaveLength(1);
  expect(await strict.check('{"a":[1')).toEqual(['The answer is not JSON.']);
  const loose = await worker.compileArguments({
    parameters,
    isStrict: false,
    notation: 'json',
    callCharactersMax: 720,
  });
  expect(loose.grammar).toEqual(strict.grammar);
  expect(await loose.check('{"a":[1,1]}')).toEqual([]);
  const none = { parameters: undefined, isStrict: true, notation: 'json', callCharactersMax: 720 } as const;
  const { check, charactersMax } = await worker.compileArguments(none);
  expect(charactersMax).toBe('{}'.length);
  expect(await check('{}')).toEqual([]);
  expect(await check('{"b":1}')).toHaveLength(1);
  expect(await check('[]')).toEqual(['The arguments are not a JSON object.']);
  await expect(
    worker.compileArguments({
      parameters: { properties: { a: { $ref: 'http://a' } } },
      isStrict: false,
      notation: 'json',
      callCharactersMax: 720,
    }),
  ).rejects.toMatchObject({ code: 'unsupported_schema', place: { path: 'properties.a.$ref' } });
});

test('forced arguments are compiled for their room, and a call that is not forced has no bounds', async () => {
  const worker = startWorker();
  const tool = { parameters: { properties: { a: { type: 'string' } } }, isStrict: false };
  const compile = (callCharactersMax: number | undefined) =>
    worker.compileArguments({ ...tool, notation: 'tagged', callCharactersMax });
  const [small, large, free] = [await compile(720), await compile(2_880), await compile(undefined)];
  expect(small.grammar).toMatchObject({ textCharactersMax: 200 });
  expect(large.grammar).toMatchObject({ textCharactersMax: 1_440 });
  expect(free.grammar).toMatchObject({ textCharactersMax: undefined });
  expect(free.charactersMax).toBeUndefined();
  expect(new Set([small, large, free].map(({ grammar }) => grammar)).size).toBe(3);
  expect(await compile(2_880)).toBe(large);
});

test('a form that comes again is the same, without a message to the thread', async () => {
  const worker = startWorker();
  const [first, second] = await Promise.all([worker.compile(jsonObject), worker.compile({ ...jsonObject })]);
  expect(second).toBe(first);
  const startedMs = performance.now();
  for (let count = 0; count < 100; count += 1) {
    expect(await worker.compile(toChoice('a'))).toBe(await worker.compile(toChoice('a')));
  }
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  expect(await worker.compile(jsonObject)).toBe(first);
});

test('what the schema can not mean is refused with its place', async () => {
  const worker = startWorker();
  const remote = toSchemaFormat({ properties: { x: { $ref: 'https://example.com/x.json' } } });
  await expect(worker.compile(remote)).rejects.toEqual(
    refused('does not lead to a schema', 'properties.x.$ref'),
  );
  await expect(worker.compile(remote)).rejects.toEqual(
    refused('does not lead to a schema', 'properties.x.$ref'),
  );
});

test('a compile that is too slow ends with its thread, and who waits does not notice', async () => {
  const worker = startWorker(slowLimits);
  const { check } = await worker.compile(toChoice('before'));
  const slow = worker.compile(toSlowFormat('a'));
  const waiting = [worker.compile(jsonObject), worker.compile(toChoice('after'))];
  const lateCheck = check('before');
  await expect(slow).rejects.toEqual(refused('took too long'));
  expect((await Promise.all(waiting)).map(({ grammar }) => grammar.slice(0, 8))).toEqual([
    'root ::=',
    'root ::=',
  ]);
  // The check was made in the thread that is gone.
  expect(await lateCheck).toEqual([]);
  expect(await check('other')).toEqual(['The answer is none of the choices.']);
});

test('what was too slow is refused at once for a while', async () => {
  const worker = startWorker(slowLimits);
  await worker.compile(jsonObject);
  await expect(worker.compile(toSlowFormat('b'))).rejects.toEqual(refused('took too long'));
  const again = worker.compile(toSlowFormat('b'));
  // It doesn't wait for the thread, which is busy with another one.
  const other = worker.compile(toSlowFormat('c')).catch(() => 'other');
  expect(await Promise.race([again.catch(() => 'again'), other])).toBe('again');
  await expect(again).rejects.toEqual(refused('took too long'));
});

test('the event loop turns while the thread is busy', async () => {
  const worker = startWorker(slowLimits);
  await worker.compile(jsonObject);
  const slow = worker.compile(toSlowFormat('c')).catch(() => 'refused');
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 10);
  expect(await slow).toBe('refused');
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
});

test('a check that is too slow is a problem of the answer', async () => {
  const worker = startWorker({ checkMsMax: 20 });
  const { check } = await worker.compile(jsonObject);
  const text = `{"a":[${'1,'.repeat(10_000_000)}1]}`;
  expect(await check(text)).toEqual([expect.stringContaining('took too much time or memory')]);
  expect(await check('{}')).toEqual([]);
});

test('a thread out of memory is the fault of one format', async () => {
  const worker = startWorker({ memoryMbMax: 48, formatCharactersMax: 100_000_000, compileMsMax: 15_000 });
  const { check } = await worker.compile(jsonObject);
  const choices = Array.from({ length: 1_500_000 }, (_, index) => `choice ${index}`);
  const large: OutputFormat = { kind: 'choice', choices };
  const [failed, fine] = await Promise.allSettled([worker.compile(large), worker.compile(toChoice('a'))]);
  expect(failed).toEqual({ status: 'rejected', reason: refused('too much memory') });
  expect(fine.status).toBe('fulfilled');
  expect(await check('{}')).toEqual([]);
});

test('a format that leaves the cache still has its check, and is compiled anew', async () => {
  const worker = startWorker({ cacheBytesMax: 40_000 });
  const first = await worker.compile(toChoice('a'));
  await worker.compile(toChoice('b'));
  await worker.compile(toChoice('c'));
  expect(await first.check('a')).toEqual([]);
  expect(await first.check('b')).toEqual(['The answer is none of the choices.']);
  expect(await worker.compile(toChoice('a'))).not.toBe(first);
});

test('too much is refused: in one format, and of them', async () => {
  const worker = startWorker({ formatCharactersMax: 100, waitingMax: 1 });
  await expect(worker.compile(toChoice('x'.repeat(100)))).rejects.toEqual(refused('longer than 100'));
  const started = [worker.compile(toChoice('a')), worker.compile(toChoice('b'))];
  await expect(worker.compile(toChoice('c'))).rejects.toMatchObject({
    code: 'overloaded',
    retryAfterMs: patience.answerMsMax,
  });
  await Promise.all(started);
});

test('nesting that JSON can not write is refused', async () => {
  const worker = startWorker();
  let schema: object = {};
  for (let level = 0; level < 100_000; level += 1) schema = { items: schema };
  await expect(worker.compile(toSchemaFormat(schema))).rejects.toEqual(refused('nested too deep'));
});

/** Keeps the processors busy until it is called. */
function occupyProcessors(): () => Promise<unknown> {
  const threads = Array.from({ length: 8 }, () => new Worker('for (;;);', { eval: true }));
  return () => Promise.all(threads.map((thread) => thread.terminate()));
}

test.runIf(process.platform === 'linux')('time without a processor does not count', async () => {
  const choices = Array.from({ length: 6_000 }, (_, index) => `${(index * 2_654_435_761) % 4_294_967_296}`);
  const worker = startWorker({ compileMsMax: 700 });
  await worker.compile(jsonObject);
  const release = occupyProcessors();
  try {
    expect((await worker.compile(toChoice(...choices))).grammar).toMatch(/^root ::=/);
  } finally {
    await release();
  }
});

test('what comes late is overloaded, goes on, and is there when it is asked for again', async () => {
  const worker = startWorker({ answerMsMax: 5 });
  const large = toChoice(...Array.from({ length: 4_000 }, (_, index) => `choice ${index * 7_919}`));
  const late = {
    status: 'rejected',
    reason: expect.objectContaining({ code: 'overloaded', retryAfterMs: 5 }),
  };
  expect(await Promise.allSettled([worker.compile(large), worker.compile(toChoice('a'))])).toEqual([
    late,
    late,
  ]);
  let grammar: string | undefined;
  while (grammar === undefined) {
    grammar = await worker.compile(large).then(
      (compiled) => compiled.grammar,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'overloaded' });
        return undefined;
      },
    );
  }
  expect(grammar).toMatch(/^root ::=/);
});

test('checks come before the schemas that wait', async () => {
  const worker = startWorker();
  const { check } = await worker.compile(jsonObject);
  const order: string[] = [];
  const note = (name: string) => () => order.push(name);
  await Promise.all([
    worker.compile(toChoice('a')).then(note('running')),
    worker.compile(toChoice('b')).then(note('waiting')),
    check('{}').then(note('check')),
  ]);
  expect(order).toEqual(['running', 'check', 'waiting']);
});

test('closing ends what runs and what waits', async () => {
  const worker = startWorker({ ...slowLimits, compileMsMax: 30_000 });
  await worker.compile(jsonObject);
  const unfinished = [worker.compile(toSlowFormat('d')), worker.compile(toChoice('a'))];
  const settled = Promise.allSettled(unfinished);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await worker.close();
  for (const { status, ...rest } of await settled) {
    expect(status).toBe('rejected');
    expect(rest).toMatchObject({ reason: { code: 'overloaded' } });
  }
  await expect(worker.compile(toChoice('b'))).rejects.toMatchObject({ code: 'overloaded' });
  await worker.close();
});
