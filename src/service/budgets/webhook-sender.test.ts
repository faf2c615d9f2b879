import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { WebhookMessage } from '../../store/budget-notice-store.ts';
import { createSqlBudgetNoticeStore } from '../../store/sql/sql-budget-notice-store.ts';
import { openDatabase } from '../../store/sqlite/open-database.ts';
import { type DeliveryOutcome, type FailedAttempt, startWebhookSender, toPauseMs } from './webhook-sender.ts';

const failed = { kind: 'failed', reason: 'status 500', isFinal: false, retryAfterMs: undefined } as const;

async function openStore() {
  const database = await openDatabase(join(createTemporaryFolder(), 'gravix.db'));
  onTestFinished(() => database.close());
  const store = createSqlBudgetNoticeStore(database);
  const add = async (id: string) => {
    const place = { subject: `key:${id}` as const, period: 'total' };
    await database.queries
      .insertInto('budgetPeriods')
      .values({ ...place, spentNano: 0, spentTokens: 1 })
      .execute();
    await store.record(
      { ...place, passed: { tokens: 1 }, limits: { tokens: 1 } },
      { id, body: `{"${id}":1}` },
    );
  };
  const waiting = async () =>
    (await database.queries.selectFrom('webhookMessages').selectAll().execute()).length;
  return { store, add, waiting };
}

type Post = (message: WebhookMessage, signal: AbortSignal) => Promise<DeliveryOutcome>;

async function start(post: Post, attemptsMax = 3, opened?: Awaited<ReturnType<typeof openStore>>) {
  const { store, add, waiting } = opened ?? (await openStore());
  const failures: FailedAttempt[] = [];
  const givenUp: FailedAttempt[] = [];
  const sender = startWebhookSender({
    store,
    post,
    attemptMsMax: 1000,
    attemptsMax,
    lookMs: 10,
    retryMs: { first: 20, max: 60 },
    onAttemptFailure: (failure) => failures.push(failure),
    onGivenUp: (failure) => givenUp.push(failure),
    onFailure: (error) => {
      throw error;
    },
  });
  onTestFinished(() => sender.close());
  return { sender, store, add, waiting, failures, givenUp };
}

test('a message is sent until it arrives, always under one id', async () => {
  const sent: string[] = [];
  const { sender, add, waiting, failures } = await start(async ({ id, body }) => {
    sent.push(`${id} ${body}`);
    return sent.length < 3 ? failed : { kind: 'delivered' };
  });
  await add('msg_1');
  sender.wake();
  await expect.poll(waiting).toBe(0);
  expect(sent).toEqual(Array.from({ length: 3 }, () => 'msg_1 {"msg_1":1}'));
  expect(failures).toEqual([
    { messageId: 'msg_1', attempts: 1, reason: 'status 500' },
    { messageId: 'msg_1', attempts: 2, reason: 'status 500' },
  ]);
});

test('after its last attempt a message is given up', async () => {
  let sent = 0;
  const { sender, add, waiting, givenUp } = await start(async () => {
    sent += 1;
    return failed;
  });
  await add('msg_1');
  sender.wake();
  await expect.poll(waiting).toBe(0);
  expect(sent).toBe(3);
  expect(givenUp).toEqual([{ messageId: 'msg_1', attempts: 3, reason: 'status 500' }]);
});

test('a receiver that is gone gets no second attempt', async () => {
  let sent = 0;
  const { sender, add, waiting, givenUp } = await start(async () => {
    sent += 1;
    return { ...failed, isFinal: true };
  });
  await add('msg_1');
  sender.wake();
  await expect.poll(waiting).toBe(0);
  expect(sent).toBe(1);
  expect(givenUp).toHaveLength(1);
});

test('a message survives the end of the process', async () => {
  const opened = await openStore();
  await opened.add('msg_1');
  let isSending = false;
  const first = await start(
    async (_message, signal) => {
      isSending = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return failed;
    },
    3,
    opened,
  );
  await expect.poll(() => isSending).toBe(true);
  await first.sender.close();
  expect(await opened.waiting()).toBe(1);
  const sent: string[] = [];
  await start(
    async ({ id }) => {
      sent.push(id);
      return { kind: 'delivered' };
    },
    3,
    opened,
  );
  await expect.poll(opened.waiting).toBe(0);
  expect(sent).toEqual(['msg_1']);
});

test('many messages go out, and several servers send none of them twice', async () => {
  const opened = await openStore();
  const names = Array.from({ length: 30 }, (_, index) => `msg_${index}`);
  for (const name of names) await opened.add(name);
  const sent: string[] = [];
  const post: Post = async ({ id }) => {
    sent.push(id);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { kind: 'delivered' };
  };
  await start(post, 3, opened);
  await start(post, 3, opened);
  await expect.poll(opened.waiting).toBe(0);
  expect(sent.sort()).toEqual(names.sort());
});

test('pauses grow, differ, end at the longest, and keep to what the receiver asks for', () => {
  const pausesOf = (attempts: number, retryAfterMs?: number) =>
    Array.from({ length: 100 }, () => toPauseMs(attempts, retryAfterMs));
  for (const [attempts, longestMs] of [
    [1, 5000],
    [2, 20_000],
    [4, 320_000],
    [20, 21_600_000],
  ] as const) {
    const pauses = pausesOf(attempts);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(longestMs / 2);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longestMs);
    expect(new Set(pauses).size).toBeGreaterThan(10);
  }
  expect(Math.min(...pausesOf(1, 60_000))).toBe(60_000);
  // A receiver can't put a message off for ever.
  expect(Math.max(...pausesOf(1, 1e12))).toBe(21_600_000);
});
