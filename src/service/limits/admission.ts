// The door of every use case that reaches a model. It reserves, or refuses; what is open is settled by the ledger.

import type { OpenRequestId, UsageStore, UsageSubject } from '../../store/usage-store.ts';
import type { KeyIdentity } from '../keys/key-identity.ts';
import type { UsageEndpoint } from '../usage/usage-record.ts';
import type { UseCaseCall } from '../usage/use-case-call.ts';
import type { Admission } from './admission-of-request.ts';
import { createAdmissionQueue } from './admission-queue.ts';
import { nothingUsed, toLeastNeed, type UsageNeed } from './decide.ts';
import { createLimitError } from './limit-error.ts';
import { type LimitedSubject, listLimitedSubjects } from './limited-subject.ts';
import type { ModelPrice, PriceList } from './model-price.ts';
import { type RateLimitFigures, toRateLimitFigures } from './rate-limit-figures.ts';
import { createRefusalMemory } from './refusal-memory.ts';
import { createRequestMeter, type RequestMeter } from './request-meter.ts';

/** The needs of a use case, as far as known. */
export interface AdmissionNeed {
  /** The name of the deployment as clients have it, and as operators have it. */
  readonly modelName: string;
  readonly deploymentName: string;
  /** Counted or estimated. */
  readonly promptTokens: number;
  /** That the client allows for each answer; undefined: it left the length open. */
  readonly maxTokens: number | undefined;
  /** That each answer may have at most, whatever was asked for. */
  readonly answerTokensMax: number;
  /** Of all prompts together; 0: nothing is generated. */
  readonly answers: number;
  /** Default: 1. */
  readonly prompts?: number;
}

export interface AdmittedCall extends Pick<UseCaseCall, 'caller' | 'requestId' | 'endpoint' | 'isStreamed'> {
  /** Ends the request for a reason of ours. */
  readonly abort: (reason: unknown) => void;
  /** Hears what the limits of the caller leave. */
  readonly onFigures?: ((figures: RateLimitFigures) => void) | undefined;
}

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
  /** Writes a changed reservation at leisure. */
  readonly note: (id: OpenRequestId, meter: RequestMeter) => void;
  /** Hears of a request that was refused before a use case began. */
  readonly onEarlyRefusal: (key: KeyIdentity, endpoint: UsageEndpoint) => void;
  /** Called when the store did not record a request that continues without it. */
  readonly onFailure: (error: unknown) => void;
}

export function createAdmissionService(options: AdmissionOptions): AdmissionService {
  const { store, prices, now, reservationSliceTokens: sliceTokens } = options;
  const memory = createRefusalMemory(options.elapsedMs);
  const queue = createAdmissionQueue(store, options.onFailure);
  const seen = createSeenFigures();
  let number = 0;

  const admit: AdmissionService['admit'] = async (call, asked) => {
    const { key } = call.caller;
    const subjects = listLimitedSubjects(key, now());
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
    number += 1;
    const id = { replicaId: options.replicaId(), number };
    const answer = await queue.admit({
      kind: 'admit',
      subjects,
      need,
      open: toOpen(call, asked, subjects, id),
    });
    if (answer !== undefined && answer.kind !== 'extended') tell(toRateLimitFigures(answer.used));
    if (answer?.kind === 'refused') {
      memory.note(answer.refusal, answer.retryAfterMs);
      throw createLimitError(answer.refusal, answer.retryAfterMs);
    }
    const openId = answer === undefined ? undefined : id;
    const budgeted = subjects.filter(({ budget }) => budget !== undefined);
    const extend = async (tokens: number) => {
      const toReservation = (more: number) => meter.toReservation(more);
      return await queue.extend({ kind: 'extend', id, subjects: budgeted, need, tokens, toReservation });
    };
    const decision = answer?.kind === 'admitted' ? answer.decision : undefined;
    const meter = createRequestMeter({
      need,
      reserved: decision?.reserved ?? { promptTokens: need.promptTokens, completionTokens: 0, costNano: 0 },
      completionTokensMax: decision?.completionTokensMax ?? need.completionTokensMax,
      answers: Math.max(1, asked.answers),
      prompts: asked.prompts ?? 1,
      ...(budgeted.length > 0 && openId !== undefined ? { extend } : {}),
      onChange: () => openId && options.note(openId, meter),
      stop: call.abort,
    });
    return {
      openId,
      meter,
      price,
      modelName: asked.modelName,
      answers: asked.answers,
      subjects: subjects.map(({ subject }) => subject),
    };
  };

  return {
    admit,
    assertNotUsedUp(key, endpoint) {
      if (!hasLimits(key)) return;
      const known = memory.find(listLimitedSubjects(key, now()), 1);
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
