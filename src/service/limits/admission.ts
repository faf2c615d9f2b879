// The door of every use case that reaches a model. It reserves, or refuses; what is open is settled by the ledger.

import type { OpenRequestId, UsageStore, UsageSubject } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import type { UsageEndpoint } from '../usage/usage-record.ts';
import type { AdmissionNeed, AdmittedCall } from './admission-need.ts';
import type { Admission } from './admission-of-request.ts';
import { createAdmissionQueue, type OutageLimits } from './admission-queue.ts';
import type { AdmissionRows } from './admission-rows.ts';
import type { AdmissionAsk } from './admit-requests.ts';
import { createBeginning } from './begin-request.ts';
import { Calendars } from './budget-period.ts';
import { nothingUsed, toLeastNeed, type UsageNeed } from './decide.ts';
import { createLimitError } from './limit-error.ts';
import { type LimitedSubject, listLimitedSubjects, listPolicies } from './limited-subject.ts';
import { createLocalAdmissions } from './local-admission.ts';
import { createLocalUsage } from './local-usage.ts';
import { createMachineTime } from './machine-time.ts';
import type { ModelPrice, PriceList } from './model-price.ts';
import { type RateLimitFigures, toRateLimitFigures } from './rate-limit-figures.ts';
import { createRefusalMemory } from './refusal-memory.ts';

export interface AdmissionService {
  /** @throws {LimitError} `rate_limit_exceeded`, `insufficient_quota`; `StoreError` where limits can't be looked up. */
  admit(call: AdmittedCall, need: AdmissionNeed): Promise<Admission>;
  /** Refuses what memory knows to be refused, before anything is read of it. @throws {LimitError} */
  assertNotUsedUp(key: KeyIdentity, endpoint: UsageEndpoint): void;
  /** The remaining limits of a key at its last request, without a query. */
  figuresOf(key: KeyIdentity): RateLimitFigures;
  /** A request of these ended. */
  forget(subjects: readonly UsageSubject[]): void;
}

export interface AdmissionOptions {
  readonly store: UsageStore;
  /** The number of this process. */
  readonly replicaId: () => number;
  readonly prices: PriceList;
  /** Reserved at a time of an answer whose length is open, 1 or more. */
  readonly reservationSliceTokens: number;
  /** The calendar, in milliseconds since 1970. */
  readonly now: () => number;
  /** A clock that never goes back, in milliseconds; `performance.now()` by default. */
  readonly elapsedMs?: () => number;
  /** Requests of keys with limits while the store does not answer. */
  readonly outageLimits: OutageLimits;
  /** Servers that share the store, 1 or more: each lets in its share of the limits then. */
  readonly replicaCount: number;
  readonly isStoreAnswering: () => boolean;
  readonly rows: AdmissionRows;
  /** Hears of a request that was refused before a use case began. */
  readonly onEarlyRefusal: (key: KeyIdentity, endpoint: UsageEndpoint) => void;
  /** Called when the store did not record a request that continues without it. */
  readonly onFailure: (error: unknown) => void;
}

export function createAdmissionService(options: AdmissionOptions): AdmissionService {
  const { prices, now, rows, reservationSliceTokens: sliceTokens } = options;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  const memory = createRefusalMemory(elapsedMs);
  const usage = createLocalUsage(elapsedMs);
  const calendars = new Calendars();
  let number = 0;
  const queue = createAdmissionQueue({
    ...options,
    usage,
    local: createLocalAdmissions(usage, options.replicaCount),
    nextId: () => {
      number += 1;
      return { replicaId: options.replicaId(), number };
    },
  });
  const seen = createSeenFigures();
  const begin = createBeginning({ queue, usage, rows, machine: createMachineTime(elapsedMs) });

  const admit: AdmissionService['admit'] = async (call, asked) => {
    const { key } = call.caller;
    const subjects = listLimitedSubjects(key, now(), calendars);
    const price = prices.find(asked.modelName, asked.deploymentName);
    const need = toNeed(asked, price, sliceTokens);
    const tell = (figures: RateLimitFigures) => {
      if (subjects.length === 0) return;
      seen.note(key, figures);
      call.onFigures?.(figures);
    };
    const known = memory.find(subjects, toLeastNeed(need, subjects));
    if (known !== undefined) {
      tell(seen.find(key));
      throw createLimitError(known.refusal, known.retryAfterMs);
    }
    const toAsk = (id: OpenRequestId): AdmissionAsk => ({
      kind: 'admit',
      subjects,
      need,
      open: toOpen(call, asked, subjects, id),
    });
    const { answer, id, isStored } = await queue.admit(toAsk);
    tell(toRateLimitFigures(answer.used));
    if (answer.kind === 'refused') {
      // The store may let in what memory alone refuses.
      if (isStored === 'yes') memory.note(answer.refusal, answer.retryAfterMs);
      throw createLimitError(answer.refusal, answer.retryAfterMs);
    }
    return begin({ call, asked, subjects, need, price }, answer.decision, { id, isStored, toAsk });
  };

  return {
    admit,
    assertNotUsedUp(key, endpoint) {
      if (!hasLimits(key)) return;
      const known = memory.find(listPolicies(key), 1);
      if (known === undefined) return;
      options.onEarlyRefusal(key, endpoint);
      throw createLimitError(known.refusal, known.retryAfterMs);
    },
    figuresOf: (key) => (hasLimits(key) ? seen.find(key) : {}),
    forget: (subjects) => memory.forget(subjects),
  };
}

function hasLimits({ limits, projectLimits }: KeyIdentity): boolean {
  return Object.keys(limits).length + Object.keys(projectLimits).length > 0;
}

function toNeed(asked: AdmissionNeed, price: ModelPrice | undefined, sliceTokens: number): UsageNeed {
  const { promptTokens, maxTokens, answerTokensMax, answers } = asked;
  const each = Math.max(0, Math.min(maxTokens ?? answerTokensMax, answerTokensMax));
  return {
    promptTokens,
    completionTokensMax: each * answers,
    isOpenEnded: maxTokens === undefined && answers > 0,
    sliceTokens: sliceTokens * Math.max(1, answers),
    price,
  };
}

function toOpen(
  { caller, requestId, endpoint, isStreamed }: AdmittedCall,
  { modelName }: AdmissionNeed,
  subjects: readonly LimitedSubject[],
  id: OpenRequestId,
) {
  const find = (subject: UsageSubject) => subjects.find((each) => each.subject === subject);
  const key = find(`key:${caller.id}`);
  const project = find(`project:${caller.projectId}`);
  const isLimited = (subject: LimitedSubject | undefined) =>
    subject !== undefined && Object.keys(subject.limits).length > 0;
  return {
    id,
    requestId,
    endpoint,
    isStreamed,
    keyId: caller.id,
    projectId: caller.projectId,
    model: modelName,
    beganAtMs: Date.now(),
    countsFor: { key: isLimited(key), project: isLimited(project) },
    keyPeriod: key?.budget?.periodName,
    projectPeriod: project?.budget?.periodName,
  };
}

/** Keys whose figures are remembered. */
const seenKeysMax = 50_000;

function createSeenFigures() {
  const seen = new Map<string, RateLimitFigures>();
  const whole = (key: KeyIdentity) =>
    toRateLimitFigures(
      listLimitedSubjects(key, Date.now()).map((subject) => ({ subject, use: nothingUsed })),
    );
  return {
    note(key: KeyIdentity, figures: RateLimitFigures) {
      if (seen.size >= seenKeysMax) seen.clear();
      seen.set(key.id, figures);
    },
    find: (key: KeyIdentity): RateLimitFigures => seen.get(key.id) ?? whole(key),
  };
}
