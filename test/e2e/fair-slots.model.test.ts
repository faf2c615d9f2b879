// Two keys at one server: many requests of the one don't hold up, or shut out, a single one of the other.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand, type ServerProcess, startServerProcess } from '../server-process.ts';
import { complete, openStream, post, user, waitForRequests } from './chat-client.ts';

const slots = 2;
const queueLengthMax = 32;

let server: ServerProcess;
/** The same server with a key of its own. */
let other: Pick<ServerProcess, 'url' | 'key'>;

beforeAll(async () => {
  const flags = ['--slots', `${slots}`, '--queue-length-max', `${queueLengthMax}`, '--metrics', 'open'];
  server = await startServerProcess({ flags });
  const created = await runCommand(['keys', 'create', '--name', 'other', '--json'], {
    GRAVIX_HOME: server.home,
  });
  other = { url: server.url, key: JSON.parse(created.output).key };
  await complete(other, { messages: [user('Hello')], max_tokens: 1 });
});

afterAll(() => server.stop());

/** Without the token that ends a message (SmolLM2's is 2), so that all are equally long. */
const long = { messages: [user('Tell me a story.')], max_tokens: 24, logit_bias: { 2: -100 } };

interface Crowd {
  /** Statuses in the order in which the answers came. */
  readonly statuses: number[];
  readonly answers: readonly Response[];
  readonly ended: Promise<unknown>;
}

function startCrowd(count: number): Crowd {
  const statuses: number[] = [];
  const answers: Response[] = [];
  const asking = Array.from({ length: count }, async () => {
    const answer = await post(server, long);
    statuses.push(answer.status);
    answers.push(answer);
  });
  return { statuses, answers, ended: Promise.all(asking) };
}

test('a short request waits for one slot, not for the two dozen requests of another key', async () => {
  const crowd = startCrowd(24);
  await waitForRequests(server, 'running', slots);
  const before = crowd.statuses.length;
  await complete(other, { messages: [user('Hello')], max_tokens: 5 });
  // The one whose slot it got, and what ended beside it meanwhile.
  expect(crowd.statuses.length - before).toBeLessThanOrEqual(2 * slots);
  await crowd.ended;
  expect(crowd.statuses).toEqual(Array.from({ length: 24 }, () => 200));
});

test('nor do all choices of one wait behind it', async () => {
  const crowd = startCrowd(24);
  await waitForRequests(server, 'running', slots);
  const before = crowd.statuses.length;
  await complete(other, { messages: [user('Hello')], max_tokens: 5, n: 4 });
  expect(crowd.statuses.length - before).toBeLessThanOrEqual(8 * slots);
  await crowd.ended;
});

test('a queue that one key has filled has room for another, and the crowd is told when to come back', async () => {
  const refusedCount = 5;
  // They hold the slots until the whole crowd has come.
  const leave = new AbortController();
  const holding = await Promise.all(
    Array.from({ length: slots }, () => openStream(server, { ...long, max_tokens: 1500 }, leave.signal)),
  );
  await waitForRequests(server, 'running', slots);
  const crowd = startCrowd(queueLengthMax + refusedCount);
  await expect.poll(() => crowd.statuses.filter((status) => status === 503).length).toBe(refusedCount);
  leave.abort();
  await Promise.all(holding.map(({ ended }) => ended));
  await complete(other, { messages: [user('Hello')], max_tokens: 5 });
  await crowd.ended;
  const refused = crowd.answers.filter(({ status }) => status === 503);
  // At most one place was given to the other key: by then requests of the crowd may have ended.
  expect([refusedCount, refusedCount + 1]).toContain(refused.length);
  for (const answer of refused) {
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d{0,2}$/);
    expect(await answer.json()).toMatchObject({ error: { code: 'overloaded' } });
  }
});
