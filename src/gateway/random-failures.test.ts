// Random schedules of failures over random deployments: whatever happens, each request ends once, in bounded time, with an
// answer of one place or with an error, and nothing is held afterwards.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createComposite, createDeployment, readAnswer } from '../../test/create-deployment.ts';
import { createRequest } from '../../test/create-request.ts';
import { createFakeClock, letSettle } from '../../test/fake-clock.ts';
import {
  createScriptedBackend,
  finish,
  type Script,
  type ScriptStep,
  started,
  textDelta,
} from '../../test/scripted-backend.ts';
import { BackendError, type BackendErrorCode } from '../backend/backend-error.ts';
import { compositePolicyDefaults } from './composite-policy.ts';

const codes = [
  'upstream_error',
  'overloaded',
  'rate_limited',
  'timeout',
  'engine_crashed',
  'invalid_request',
  'context_length_exceeded',
] as const satisfies readonly BackendErrorCode[];

/** How one attempt goes: so many pieces, each after a time, and then its end. */
const attempt = fc.record({
  startMs: fc.integer({ min: 0, max: 500 }),
  pieces: fc.integer({ min: 0, max: 3 }),
  pieceMs: fc.integer({ min: 0, max: 400 }),
  end: fc.oneof(
    { weight: 3, arbitrary: fc.constant('finish' as const) },
    { weight: 1, arbitrary: fc.constant('cut' as const) },
    { weight: 3, arbitrary: fc.constantFrom(...codes) },
  ),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
});

const deployment = fc.record({
  priority: fc.integer({ min: 0, max: 1 }),
  weight: fc.integer({ min: 0, max: 3 }),
  requestsMax: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  mode: fc.constantFrom('single' as const, 'router' as const, 'replicas' as const),
  places: fc.integer({ min: 1, max: 3 }),
  firstTokenMs: fc.option(fc.integer({ min: 1, max: 800 }), { nil: undefined }),
  attempts: fc.array(attempt, { minLength: 1, maxLength: 6 }),
});

const asked = fc.record({
  atMs: fc.integer({ min: 0, max: 200 }),
  isStreamed: fc.boolean(),
  cancelMs: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
  caller: fc.constantFrom('a', 'b'),
});

/** Longest wait in the queue, in milliseconds. */
const queueWaitMsMax = 5_000;

/** What one request may take: its attempts, its waits, and the pauses between them. */
const requestMsMax =
  queueWaitMsMax +
  compositePolicyDefaults.attemptsMax * (500 + 3 * 400 + compositePolicyDefaults.retryDelayMsMax);

type Attempt = typeof attempt extends fc.Arbitrary<infer Value> ? Value : never;

test('every request ends once, with the answer of one place or an error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deployment, { minLength: 1, maxLength: 3 }),
      fc.array(asked, { minLength: 1, maxLength: 12 }),
      async (kinds, requests) => {
        const clock = createFakeClock();
        const wait = (ms: number): ScriptStep => ({
          type: 'wait-for',
          promise: new Promise<void>((resolve) => {
            clock.setTimer(resolve, ms);
          }),
        });
        const backends = kinds.flatMap(({ places, attempts }, index) =>
          Array.from({ length: places }, (_, place) =>
            createScriptedBackend(toScript(`${index}.${place}`, attempts, wait)),
          ),
        );
        let next = 0;
        const deployments = kinds.map(({ places, attempts: _, ...kind }, index) => {
          const own = backends.slice(next, next + places);
          next += places;
          return createDeployment(
            `d${index}`,
            Object.fromEntries(own.map((one, place) => [`r${place}`, one])),
            kind,
          );
        });
        const composite = createComposite(deployments, clock, { queueWaitMsMax, queueLengthMax: 4 });
        const answers = [];
        for (const { atMs, isStreamed, cancelMs, caller } of requests) {
          await clock.advance(atMs);
          const controller = new AbortController();
          if (cancelMs !== undefined) clock.setTimer(() => controller.abort(new Error('left')), cancelMs);
          const request = createRequest(`${answers.length}`, { isStreamed, callerId: caller });
          const generation = composite.generate(request, controller.signal);
          answers.push({ isStreamed, answer: readAnswer(generation), settled: generation.settled });
        }
        await clock.advance(requestMsMax);
        const open = new Promise<'open'>((resolve) => {
          void letSettle().then(() => resolve('open'));
        });
        for (const { answer, settled } of answers) {
          const read = await Promise.race([answer, open]);
          expect(read).not.toBe('open');
          if (read !== 'open') assertOneAnswer(read);
          expect(await Promise.race([settled, open])).not.toBe('open');
        }
        expect(backends.every((backend) => backend.running() === 0)).toBe(true);
        expect(composite.load()).toMatchObject({ running: 0, waiting: 0 });
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

/** Each text names its place and the attempt there, so that a mixture shows. */
function toScript(place: string, attempts: readonly Attempt[], wait: (ms: number) => ScriptStep): Script {
  let turn = 0;
  return () => {
    const now = attempts[turn % attempts.length];
    turn += 1;
    if (now === undefined) throw new Error('There is no attempt.');
    const { startMs, pieces, pieceMs, end, retryAfterMs } = now;
    const label = `${place}.${turn}`;
    const steps: ScriptStep[] = [wait(startMs)];
    if (pieces > 0 || end === 'finish') steps.push(started);
    for (let piece = 0; piece < pieces; piece += 1)
      steps.push(wait(startMs + piece * pieceMs), textDelta(`${label}/${piece} `));
    if (end === 'cut') return steps;
    if (end === 'finish') return [...steps, finish(pieces)];
    const details = { retryAfterMs, isRetryable: end === 'timeout' ? true : undefined };
    return [...steps, { type: 'fail', error: new BackendError(end, 'It failed.', details) }];
  };
}

function assertOneAnswer({ events, text, error }: Awaited<ReturnType<typeof readAnswer>>): void {
  const finishes = events.filter(({ type }) => type === 'finish');
  expect(events.filter(({ type }) => type === 'started').length).toBeLessThanOrEqual(1);
  if (events.length > 0) expect(events[0]?.type).toBe('started');
  // A stream that is cut after its content ends without a finish, which its reader takes for a failure.
  expect(finishes.length).toBeLessThanOrEqual(1);
  if (error !== undefined) expect(finishes).toHaveLength(0);
  if (finishes.length === 1) expect(events.at(-1)?.type).toBe('finish');
  const pieces = text.trim() === '' ? [] : text.trim().split(' ');
  const labels = new Set(pieces.map((piece) => piece.split('/')[0]));
  expect(labels.size).toBeLessThanOrEqual(1);
  expect(pieces.map((piece) => Number(piece.split('/')[1]))).toEqual(pieces.map((_, index) => index));
}
