// What a client of ours sees when the server behind us behaves well, strangely or badly: the exact answer, streamed and
// plain, over real connections on both sides.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUpstream, type Upstream } from '../../src/upstream/create-upstream.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { askThrough, type SeenAnswer } from './ask-through.ts';
import { faultyBehaviours, unusualBehaviours, wholeWords } from './behaviours.ts';
import { type FaultyUpstream, startFaultyUpstream } from './faulty-upstream.ts';
import { toDeploymentOptions } from './upstream-setup.ts';

const behaviours = { ...unusualBehaviours, ...faultyBehaviours };

let server: FaultyUpstream;
let upstream: Upstream;
let app: TestApp;

beforeAll(async () => {
  server = await startFaultyUpstream({ behaviours });
  upstream = createUpstream({
    baseUrl: server.baseUrl,
    kind: 'openai-compatible',
    apiKey: 'sk-up',
    mode: 'single',
  });
  const backends = Object.keys(behaviours).map((model) => {
    const timeouts = { connectMs: 2000, betweenChunksMs: 300, totalMs: 1200 };
    return [model, upstream.createBackend(toDeploymentOptions(model, { timeouts }))] as const;
  });
  app = await startTestApp({ models: {}, backends: Object.fromEntries(backends) });
});
afterAll(async () => {
  await app.close();
  await upstream.close();
  await server.close();
});

const whole: SeenAnswer = { status: 200, text: wholeWords, finish: 'stop', usage: [12, 3] };
const called: SeenAnswer = {
  status: 200,
  calls: ['weather{"city":"Oslo"}'],
  finish: 'tool_calls',
  usage: [12, 3],
};
const unusual: Readonly<Record<string, SeenAnswer>> = {
  'calls without ids': called,
  'calls in pieces': called,
};

describe.each(Object.keys(unusualBehaviours))('an upstream with %s', (model) => {
  test.each([true, false])('is answered as any other (stream: %s)', async (isStreamed) => {
    expect(await askThrough(app, model, isStreamed)).toEqual(unusual[model] ?? whole);
  });
});

test.each([
  ['fast', undefined],
  ['no usage', true],
  ['lying usage', true],
])('the record of %s says whether its counts are estimated: %s', async (model, isEstimated) => {
  for (const isStreamed of [true, false]) {
    await askThrough(app, model, isStreamed);
    const { attempts = [] } = app.usages().at(-1) ?? {};
    expect(attempts.map((attempt) => attempt.isEstimated || undefined)).toEqual([isEstimated]);
  }
});

type Failure = readonly [status: number, type: string, code: string | null, message: string];

const broke = (message: string): Failure => [502, 'server_error', 'upstream_error', message];
const late = (message: string): Failure => [504, 'server_error', 'timeout', message];
const unreachable = broke('The upstream could not be reached, or closed the connection without an answer.');
const cut = broke('The connection to the upstream broke before its answer was complete.');
const cutOff = broke('The upstream cut an answer off.');
const noJson = broke('The upstream sent a piece of an answer that is not JSON.');
const failed = broke('The upstream failed.');
const tooLong = broke('The answer of the upstream is too long.');
const tooLate = late('The upstream took too long to complete its answer.');
const noAccess = broke('The upstream refused the access of this server, which its operator has to mend.');

/** Of a plain request; and of a stream, where that is another one or has begun. */
interface Fault {
  readonly plain: Failure;
  readonly streamed?: Failure;
  /** What the stream said before it broke. */
  readonly begun?: string;
  readonly retryAfter?: string;
}

const begun = 'Hello ';

const faults: Readonly<Record<string, Fault>> = {
  hang: { plain: tooLate },
  stall: { plain: late('The upstream stopped in the middle of its answer.'), begun },
  cut: { plain: cut, begun },
  'cut before': { plain: unreachable },
  'cut behind the head': { plain: cut },
  'an end in the middle': { plain: noJson, begun, streamed: cutOff },
  'chunks without an end': { plain: cut, begun },
  'a length that is too long': { plain: cut, begun },
  garble: { plain: noJson, begun },
  'an error in the middle': { plain: failed, begun },
  'an error in a 200': { plain: failed },
  'a web page': { plain: broke('The upstream sent a web page in place of an answer.') },
  'another object': { plain: cutOff },
  'a list': { plain: cutOff },
  nothing: { plain: cutOff },
  'no content': { plain: failed },
  gzip: { plain: broke('The upstream sent a compressed answer, which was not asked for.') },
  redirect: { plain: failed },
  'no HTTP': { plain: unreachable },
  'endless headers': { plain: broke("The head of the upstream's answer is too long.") },
  'endless hints': { plain: unreachable },
  'endless line': {
    plain: tooLong,
    streamed: broke('One event of the stream has more than 16777216 characters.'),
  },
  'endless events': { plain: tooLong, begun: '' },
  'an endless refusal': {
    plain: [400, 'invalid_request_error', null, `The upstream refused the request: ${'x'.repeat(199)}…`],
  },
  drip: { plain: tooLate },
  'status 400': {
    plain: [
      400,
      'invalid_request_error',
      null,
      'The upstream refused the request: temperature must be non-negative, got -5.0',
    ],
  },
  'status 401': { plain: noAccess },
  'status 402': { plain: noAccess },
  'status 403': { plain: noAccess },
  'status 404': { plain: noAccess },
  'status 408': { plain: late('The upstream took too long.') },
  'status 429': {
    plain: [429, 'requests', 'rate_limit_exceeded', 'The upstream has too many requests. Try again later.'],
    retryAfter: '2',
  },
  'status 500': { plain: failed },
  'status 502': { plain: failed },
  'status 503': {
    plain: [503, 'server_error', 'overloaded', 'The upstream is overloaded. Try again later.'],
    retryAfter: '2',
  },
  'status 504': { plain: late('The upstream took too long.') },
  overflow: {
    plain: [
      400,
      'invalid_request_error',
      'context_length_exceeded',
      "This model's maximum context length is 2048 tokens. However, your messages resulted in 2049 tokens. Please reduce the length of the messages.",
    ],
  },
};

test('each way to fail has its answer', () => {
  expect(Object.keys(faults).toSorted()).toEqual(Object.keys(faultyBehaviours).toSorted());
});

describe.each(Object.entries(faults))('an upstream with %s', (model, fault) => {
  const refused = ([status, ...error]: Failure): SeenAnswer => ({
    status,
    error,
    ...(fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter }),
  });

  test('fails a plain request', async () => {
    const before = server.count(model);
    expect(await askThrough(app, model, false)).toEqual(refused(fault.plain));
    // Whether to try again is not decided here, unless the connection was an old one.
    expect(server.count(model) - before).toBeLessThanOrEqual(model === 'cut before' ? 2 : 1);
  });

  test('fails a stream, which never looks whole', async () => {
    const streamed = fault.streamed ?? fault.plain;
    const [, ...error] = streamed;
    const broken = { status: 200, error, isCut: true } as const;
    const seen: SeenAnswer =
      fault.begun === undefined
        ? refused(streamed)
        : fault.begun === ''
          ? broken
          : { ...broken, text: fault.begun };
    const before = server.count(model);
    expect(await askThrough(app, model, true)).toEqual(seen);
    expect(server.count(model) - before).toBeLessThanOrEqual(model === 'cut before' ? 2 : 1);
  });
});

test('nothing is left open, and nothing of an upstream is told', async () => {
  await expect.poll(() => server.stats().open).toBe(0);
  // Their answers have secrets.
  const models = ['an error in the middle', 'an error in a 200', 'status 401', 'status 500'];
  const told = JSON.stringify(await Promise.all(models.map((model) => askThrough(app, model, false))));
  expect(told).not.toMatch(/secret|10\.0\.0\.1|sk-up/);
});
