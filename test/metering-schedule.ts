// Random schedules of requests, ends, clocks and killed processes, and what must be true of them whatever they are.
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { environmentIdentity, type KeyIdentity } from '../src/service/keys/key-identity.ts';
import type { Admission } from '../src/service/limits/admission-of-request.ts';
import { LimitError } from '../src/service/limits/limit-error.ts';
import { createPriceList } from '../src/service/limits/model-price.ts';
import { toCaller } from '../src/service/usage/caller.ts';
import { startMetering } from '../src/service/usage/metering.ts';
import type { UsageRecord } from '../src/service/usage/usage-record.ts';
import type { LimitClock } from '../src/store/sql/limit-clock.ts';
import type { SqlDatabase } from '../src/store/sql/sql-database.ts';
import { createSqlUsageStore } from '../src/store/sql/sql-usage-store.ts';
import { StoreError } from '../src/store/store-error.ts';
import type { UsageStore } from '../src/store/usage-store.ts';
import { readLedger } from './usage-rows.ts';

export type ScheduleStep =
  | { readonly kind: 'ask'; readonly times: number; readonly maxTokens: number | undefined }
  | {
      readonly kind: 'end';
      readonly times: number;
      readonly share: number;
      readonly outcome: UsageRecord['outcome'];
    }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'set-calendar'; readonly ms: number }
  | { readonly kind: 'flush' }
  /** The store does not answer until it recovers. */
  | { readonly kind: 'outage'; readonly losesAnswer: boolean }
  | { readonly kind: 'recover' }
  | { readonly kind: 'kill' };

/** Often to the edge of a window, where what is wrong by one shows. */
const passes = fc.oneof(
  fc.integer({ min: 0, max: 45_000 }),
  fc.constantFrom(1, 999, 1000, 58_999, 59_500, 59_999, 60_000, 60_500),
);

const steps: fc.Arbitrary<ScheduleStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      times: fc.integer({ min: 1, max: 12 }),
      maxTokens: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      times: fc.integer({ min: 1, max: 8 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      outcome: fc.constantFrom(
        'completed' as const,
        'cancelled' as const,
        'failed' as const,
        'timed-out' as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: passes }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('set-calendar' as const),
      ms: fc.integer({ min: -10_000_000, max: 10_000_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('outage' as const), losesAnswer: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'recover' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
);

export const schedules = fc.array(steps, { minLength: 1, maxLength: 40 });

const scheduleLimits = { requestsPerMinute: 4, tokensPerMinute: 3000, concurrentRequests: 6 } as const;
const projectLimits = { requestsPerMinute: 7 } as const;
const budgetTokens = 12_000;

const keys: readonly KeyIdentity[] = ['a', 'b'].map((id) => ({
  ...environmentIdentity,
  id,
  projectId: 'p',
  limits: scheduleLimits,
  budget: { period: 'total', tokens: budgetTokens },
  projectLimits,
}));

interface Running {
  readonly key: KeyIdentity;
  readonly requestId: string;
  readonly admission: Admission;
}

/** Plays one schedule over an empty database, and holds what it did against what must be true. */
export async function playSchedule(schedule: readonly ScheduleStep[], database: SqlDatabase): Promise<void> {
  let elapsedMs = 1_000_000;
  let calendarMs = 1_764_000_000_000;
  const clock: LimitClock = { nowMs: () => elapsedMs, advanceTo: () => undefined };
  let connection: Connection = { state: 'open' };
  const store = createSqlUsageStore(database, clock);
  const start = (processId: number) =>
    startMetering({
      store: cutWith(store, connection),
      place: { host: 'here', processId },
      isProcessAlive: () => false,
      prices: createPriceList(new Map()),
      reservationSliceTokens: 64,
      outageLimits: 'local',
      replicaCount: 1,
      now: () => calendarMs,
      // Postgres has its own clock, which no schedule moves.
      elapsedMs: () => (database.dialect.name === 'postgres' ? performance.now() : elapsedMs),
      log: {
        onLedgerFailure: () => undefined,
        onLedgerLoss: () => undefined,
        onAdmissionFailure: (error) => {
          if (error !== outage) throw error;
        },
        onSwept: () => undefined,
        onReplicaFailure: () => undefined,
      },
    });
  let processId = 1;
  let metering = await start(processId);
  let running: Running[] = [];
  const admitted = new Set<string>();
  const ended = new Map<string, number>();
  /** Let in without the store: a process that is killed before it answers loses them. */
  const unopened = new Map<string, Admission>();
  /** The store may have let them in, and its answer was lost. */
  const refusedInOutage = new Set<string>();
  const starts = new Map<string, { readonly keyId: string; readonly atMs: number }>();

  const ask = async (key: KeyIdentity, requestId: string, maxTokens: number | undefined) => {
    const call = {
      caller: toCaller(key, { requestMsMax: 1000 }),
      requestId,
      endpoint: 'chat/completions' as const,
      isStreamed: false,
      abort: () => undefined,
    };
    const need = {
      modelName: 'm',
      deploymentName: 'm',
      promptTokens: 20,
      maxTokens,
      answerTokensMax: 300,
      answers: 1,
    };
    try {
      const admission = await metering.admissions.admit(call, need);
      running.push({ key, requestId, admission });
      admitted.add(requestId);
      if (admission.place.openId !== undefined) return;
      unopened.set(requestId, admission);
      if (database.dialect.name === 'sqlite') starts.set(requestId, { keyId: key.id, atMs: elapsedMs });
    } catch (error) {
      // The budget of a key that was not looked at before the outage can't be known until all rows are written.
      const isUndecided = error instanceof StoreError && error.isOutage;
      if (connection.state !== 'open' || isUndecided) refusedInOutage.add(requestId);
      else if (!(error instanceof LimitError)) throw error;
    }
  };
  const isOpen = async (requestId: string) => {
    const open = database.queries.selectFrom('openRequests').select('number');
    return (await open.where('requestId', '=', requestId).execute()).length > 0;
  };
  const noteStarts = async () => {
    const rows = await database.queries
      .selectFrom('openRequests')
      .select(['requestId', 'startedAtMs'])
      .execute();
    for (const { requestId, startedAtMs } of rows) {
      starts.set(requestId, { keyId: requestId.slice(0, 1), atMs: startedAtMs });
    }
  };
  const end = ({ key, requestId, admission }: Running, share: number, outcome: UsageRecord['outcome']) => {
    const { reserved } = admission.meter.toReservation();
    const completionTokens = Math.floor(reserved.completionTokens * share);
    ended.set(requestId, reserved.promptTokens + completionTokens);
    metering.sink.take(toRecord(key, requestId, outcome, completionTokens), admission);
  };

  for (const [index, step] of schedule.entries()) {
    switch (step.kind) {
      case 'ask':
        await Promise.all(
          Array.from({ length: step.times }, (_, each) => {
            const key = keys[each % 2] as KeyIdentity;
            return ask(key, `${key.id}-${index}-${each}`, step.maxTokens);
          }),
        );
        await noteStarts();
        break;
      case 'end':
        for (const each of running.splice(0, step.times)) end(each, step.share, step.outcome);
        break;
      case 'pass':
        elapsedMs += step.ms;
        calendarMs += step.ms;
        break;
      case 'set-calendar':
        calendarMs += step.ms;
        break;
      case 'flush':
        if (connection.state === 'open') await metering.writer.close(1000);
        break;
      case 'outage':
        connection.state = step.losesAnswer ? 'loses-answer' : 'down';
        break;
      case 'recover':
        connection.state = 'open';
        break;
      case 'kill':
        // What it has not written is lost.
        connection.state = 'dead';
        connection = { state: 'open' };
        running = [];
        for (const [requestId, { place }] of unopened) {
          // The store may know of it all the same: the answer to its admission was lost.
          if (place.openId !== undefined || (await isOpen(requestId))) continue;
          for (const kept of [admitted, starts, ended]) kept.delete(requestId);
        }
        unopened.clear();
        processId += 1;
        metering = await start(processId);
        break;
    }
  }
  connection.state = 'open';
  for (const each of running.splice(0)) end(each, 0.5, 'completed');
  await metering.close(1000);

  for (const requestId of refusedInOutage) starts.delete(requestId);
  assertWindows([...starts.values()]);
  await assertSettled({ database, admitted, ended, refusedInOutage });
}

/** For the next schedule on the same Postgres. */
export async function emptyUsage({ queries }: SqlDatabase): Promise<void> {
  const tables = 'open_requests, replicas, ledger, usage_sums, limit_windows, budget_periods, usage_names';
  await sql.raw(`TRUNCATE ${tables}`).execute(queries);
}

interface Connection {
  /** `loses-answer`: the next change is made, and its answer does not arrive; then the store is down. */
  state: 'open' | 'down' | 'loses-answer' | 'dead';
}

const outage = new StoreError('unavailable', 'The store is down.', undefined, { isOutage: true });

/** The store as a process sees it that may be killed, and that may lose its connection: then none of its writes arrive. */
function cutWith(store: UsageStore, connection: Connection): UsageStore {
  const assertAlive = () => {
    if (connection.state === 'dead') throw new Error('This process is dead.');
    if (connection.state === 'down') throw outage;
  };
  return {
    ...store,
    change: async (subjects, work, questions) => {
      assertAlive();
      const losesAnswer = connection.state === 'loses-answer';
      const result = await store.change(subjects, work, questions);
      if (!losesAnswer) return result;
      if (connection.state === 'loses-answer') connection.state = 'down';
      throw outage;
    },
    addRefusals: async (refusals) => {
      assertAlive();
      await store.addRefusals(refusals);
    },
    beat: async (id) => {
      assertAlive();
      return await store.beat(id);
    },
    registerReplica: async (place) => {
      assertAlive();
      return await store.registerReplica(place);
    },
    listReplicas: async () => {
      assertAlive();
      return await store.listReplicas();
    },
  };
}

/** In any 60 seconds at most as many starts as allowed, of each key and of the project. */
function assertWindows(starts: readonly { readonly keyId: string; readonly atMs: number }[]): void {
  for (const { atMs } of starts) {
    const inWindow = starts.filter((other) => other.atMs >= atMs && other.atMs < atMs + 60_000);
    expect(inWindow.length).toBeLessThanOrEqual(projectLimits.requestsPerMinute);
    for (const { id } of keys) {
      expect(inWindow.filter(({ keyId }) => keyId === id).length).toBeLessThanOrEqual(
        scheduleLimits.requestsPerMinute,
      );
    }
  }
}

interface Outcome {
  readonly database: SqlDatabase;
  readonly admitted: ReadonlySet<string>;
  readonly refusedInOutage: ReadonlySet<string>;
  /** Tokens of each request that ended. */
  readonly ended: ReadonlyMap<string, number>;
}

/** Nothing is reserved; each request that was let in has one row; sums, periods and rows say the same. */
async function assertSettled({ database, admitted, ended, refusedInOutage }: Outcome): Promise<void> {
  const { queries } = database;
  expect(await queries.selectFrom('openRequests').selectAll().execute()).toEqual([]);
  const rows = await readLedger(database);
  // A process that was killed before it could take the reservation of a refused request back.
  const left = rows.filter(({ requestId }) => refusedInOutage.has(requestId));
  expect(left.filter(({ outcome, attempts }) => outcome !== 'interrupted' || attempts > 0)).toEqual([]);
  const begun = rows.filter((row) => !left.includes(row)).map(({ requestId }) => requestId);
  expect(begun.sort()).toEqual([...admitted].sort());
  for (const { requestId, outcome, total } of rows) {
    if (outcome === 'interrupted') continue;
    expect(total.promptTokens + total.completionTokens).toBe(ended.get(requestId));
  }
  const tokens = rows.reduce((sum, { total }) => sum + total.promptTokens + total.completionTokens, 0);
  const sums = await queries.selectFrom('usageSums').selectAll().execute();
  expect(sums.reduce((sum, each) => sum + each.promptTokens + each.completionTokens, 0)).toBe(tokens);
  expect(sums.reduce((sum, each) => sum + each.requests, 0)).toBe(rows.length);
  const periods = await queries.selectFrom('budgetPeriods').selectAll().execute();
  for (const { subject, spentTokens } of periods) {
    const own = rows.filter(({ keyId }) => subject === `key:${keyId}`);
    expect(spentTokens).toBe(
      own.reduce((sum, { total }) => sum + total.promptTokens + total.completionTokens, 0),
    );
    expect(spentTokens).toBeLessThanOrEqual(budgetTokens);
  }
}

function toRecord(
  key: KeyIdentity,
  requestId: string,
  outcome: UsageRecord['outcome'],
  completionTokens: number,
): UsageRecord {
  const counts = { promptTokens: 20, cachedTokens: 0, completionTokens, reasoningTokens: 0 };
  return {
    caller: toCaller(key, { requestMsMax: 1000 }),
    requestId,
    endpoint: 'chat/completions',
    model: 'm',
    deployment: 'm',
    isStreamed: false,
    isReplay: false,
    outcome,
    errorCode: undefined,
    finishReason: 'stop',
    attempts: [],
    served: [{ deployment: 'm', machineMs: 0, ...counts }],
    total: counts,
    returned: counts,
    machineMs: 0,
    isEstimated: false,
    toolCalls: 0,
    structuredAttempts: undefined,
    queueWaitMs: undefined,
    timeToBackendMs: undefined,
    timeToFirstTokenMs: undefined,
    timePerOutputTokenMs: undefined,
    startedAtMs: 0,
    totalMs: 5,
  };
}
