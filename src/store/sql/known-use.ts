// The use of keys and projects in memory, for a database that only this process writes to: a window of a day has hundreds of
// buckets, which would be summed for each request. It holds what was read once, and follows every later change.
import {
  type OpenRequest,
  type OpenRequestId,
  type Settlement,
  type SubjectUse,
  toBucketStart,
  toOpenRequestKey,
  toWindowStart,
  type UsageAmounts,
  type UsageSubject,
  type UseQuestion,
  type WindowBucket,
  type WindowUse,
  type WindowWidth,
  windowWidths,
} from '../usage-store.ts';

/** Keys and projects in memory at most. Each takes some 30 KB with a full day; the oldest makes room. */
const subjectsMax = 1000;

/** Periods of one budget at most: more than one only where it was changed, or just turned. */
const periodsMax = 4;

export interface Spent {
  readonly spentNano: number;
  readonly spentTokens: number;
}

export interface KnownRequest {
  readonly id: OpenRequestId;
  readonly startedAtMs: number;
  readonly amounts: UsageAmounts;
}

/** As the database has it. */
export interface ReadSubject {
  readonly buckets: Readonly<Record<WindowWidth, readonly WindowBucket[]>>;
  readonly open: readonly KnownRequest[];
}

interface KnownSubject {
  readonly buckets: Readonly<Record<WindowWidth, Map<number, WindowUse>>>;
  readonly open: Map<string, KnownRequest>;
  readonly periods: Map<string, Spent>;
}

/** A settled request, and what its open row said. */
export interface SettledRequest extends Settlement {
  readonly startedAtMs: number;
  /** The subjects whose limits count it, and the periods that pay for it. */
  readonly subjects: readonly {
    readonly subject: UsageSubject;
    readonly isCounted: boolean;
    readonly period: string | null;
  }[];
}

export class KnownUse {
  readonly #subjects = new Map<UsageSubject, KnownSubject>();
  #othersVersion: number | undefined;

  /** The version of the database as others left it: another one than before, and nothing is known any more. */
  follow(othersVersion: number): void {
    if (othersVersion !== this.#othersVersion) this.forget();
    this.#othersVersion = othersVersion;
  }

  /** Undefined: the database has to be asked, and `learn` and `learnPeriod` hear of its answer. */
  find({ subject, period }: UseQuestion, nowMs: number): SubjectUse | undefined {
    const known = this.#subjects.get(subject);
    const spent = period === undefined ? nothingSpent : known?.periods.get(period);
    return known === undefined || spent === undefined ? undefined : sumUse(known, spent, nowMs);
  }

  knows(subject: UsageSubject): boolean {
    return this.#subjects.has(subject);
  }

  learn(subject: UsageSubject, { buckets, open }: ReadSubject): void {
    if (this.#subjects.size >= subjectsMax) {
      const [oldest] = this.#subjects.keys();
      if (oldest !== undefined) this.#subjects.delete(oldest);
    }
    const toMap = (width: WindowWidth) =>
      new Map(buckets[width].map(({ startMs, requests, tokens }) => [startMs, { requests, tokens }]));
    this.#subjects.set(subject, {
      buckets: { minute: toMap('minute'), day: toMap('day') },
      open: new Map(open.map((request) => [toOpenRequestKey(request.id), request])),
      periods: new Map(),
    });
  }

  learnPeriod(subject: UsageSubject, period: string, spent: Spent): void {
    const periods = this.#subjects.get(subject)?.periods;
    if (periods === undefined) return;
    if (periods.size >= periodsMax) periods.clear();
    periods.set(period, spent);
  }

  noteOpened({ id, keyId, projectId, startedAtMs, reserved }: OpenRequest): void {
    const request = { id, startedAtMs, amounts: reserved };
    for (const subject of [`key:${keyId}`, `project:${projectId}`] as const) {
      this.#subjects.get(subject)?.open.set(toOpenRequestKey(id), request);
    }
  }

  /** `amounts` undefined: it was taken back. */
  noteChanged(id: OpenRequestId, amounts: UsageAmounts | undefined): void {
    const key = toOpenRequestKey(id);
    for (const { open } of this.#subjects.values()) {
      const request = open.get(key);
      if (request === undefined) continue;
      if (amounts === undefined) open.delete(key);
      else open.set(key, { ...request, amounts });
    }
  }

  noteSettled({ id, row, startedAtMs, subjects }: SettledRequest, nowMs: number): void {
    const tokens = row.total.promptTokens + row.total.completionTokens;
    for (const { subject, isCounted, period } of subjects) {
      const known = this.#subjects.get(subject);
      if (known === undefined) continue;
      known.open.delete(toOpenRequestKey(id));
      for (const width of windowWidths) {
        const startMs = toBucketStart(width, startedAtMs);
        if (!isCounted || startMs < toWindowStart(width, nowMs)) continue;
        const before = known.buckets[width].get(startMs) ?? { requests: 0, tokens: 0 };
        known.buckets[width].set(startMs, { requests: before.requests + 1, tokens: before.tokens + tokens });
      }
      const spent = period === null ? undefined : known.periods.get(period);
      if (period === null || spent === undefined) continue;
      known.periods.set(period, {
        spentNano: spent.spentNano + (row.costNano ?? 0),
        spentTokens: spent.spentTokens + tokens,
      });
    }
  }

  /** After a change that failed. */
  forget(): void {
    this.#subjects.clear();
  }
}

const nothingSpent: Spent = { spentNano: 0, spentTokens: 0 };

function sumUse({ buckets, open }: KnownSubject, spent: Spent, nowMs: number): SubjectUse {
  const minuteStartMs = toWindowStart('minute', nowMs);
  const dayStartMs = toWindowStart('day', nowMs);
  const minute = sumBuckets(buckets.minute, minuteStartMs);
  const day = sumBuckets(buckets.day, dayStartMs);
  let reservedNano = 0;
  let reservedTokens = 0;
  for (const { startedAtMs, amounts } of open.values()) {
    const tokens = amounts.promptTokens + amounts.completionTokens;
    reservedNano += amounts.costNano;
    reservedTokens += tokens;
    if (startedAtMs >= minuteStartMs) {
      minute.requests += 1;
      minute.tokens += tokens;
    }
    if (startedAtMs >= dayStartMs) {
      day.requests += 1;
      day.tokens += tokens;
    }
  }
  return { minute, day, openRequests: open.size, ...spent, reservedNano, reservedTokens };
}

/** Drops what has left the window. */
function sumBuckets(buckets: Map<number, WindowUse>, windowStartMs: number) {
  let requests = 0;
  let tokens = 0;
  for (const [startMs, bucket] of buckets) {
    if (startMs < windowStartMs) {
      buckets.delete(startMs);
      continue;
    }
    requests += bucket.requests;
    tokens += bucket.tokens;
  }
  return { requests, tokens };
}
