// Admits, extends or refuses the requests of one turn of the event loop, one after another, in one
// transaction.
import type {
  OpenRequest,
  OpenRequestId,
  Reservation,
  SubjectUse,
  UsageSubject,
  UsageTransaction,
  UseQuestion,
} from '../../store/usage-store.ts';
import { windows } from '../../store/usage-store.ts';
import {
  addReservation,
  type Decision,
  decideAdmission,
  type LimitRefusal,
  nothingUsed,
  toLeftNano,
  toRoom,
  type UsageNeed,
  type UsedSubject,
} from './decide.ts';
import type { LimitedSubject } from './limited-subject.ts';
import { isWindowLimit, windowLimits } from './window-limits.ts';

/** One request that asks to start. */
export interface AdmissionAsk {
  readonly kind: 'admit';
  readonly subjects: readonly LimitedSubject[];
  readonly need: UsageNeed;
  readonly open: Omit<OpenRequest, 'startedAtMs' | keyof Reservation>;
}

/** A running answer that asks for more, within its budgets. */
export interface ExtensionAsk {
  readonly kind: 'extend';
  readonly id: OpenRequestId;
  readonly subjects: readonly LimitedSubject[];
  readonly need: Pick<UsageNeed, 'price'>;
  /** Completion tokens that are wanted in addition. */
  readonly tokens: number;
  /** The reservation with this many more of them. */
  toReservation(moreTokens: number): Reservation;
}

/** A running answer that asks for more machine time, within its budgets. */
export interface MachineExtensionAsk {
  readonly kind: 'extend-machine';
  readonly id: OpenRequestId;
  readonly subjects: readonly LimitedSubject[];
  /** Wanted in addition. */
  readonly costNano: number;
  /** The reservation with this much more of it. */
  toReservation(moreNano: number): Reservation;
}

export type LimitAsk = AdmissionAsk | ExtensionAsk | MachineExtensionAsk;

export type LimitAnswer =
  | {
      readonly kind: 'admitted';
      readonly decision: Extract<Decision, { kind: 'admitted' }>;
      readonly used: readonly UsedSubject[];
    }
  | {
      readonly kind: 'refused';
      readonly refusal: LimitRefusal;
      readonly retryAfterMs: number | undefined;
      readonly used: readonly UsedSubject[];
    }
  /** Tokens, or the cost of machine time. */
  | { readonly kind: 'extended'; readonly granted: number };

/** What admission needs of the store, or of the memory that stands in for it. */
export interface AdmissionStore {
  change<Result>(
    subjects: readonly UsageSubject[],
    work: (transaction: AdmissionTransaction) => Promise<Result>,
    questions?: readonly UseQuestion[],
  ): Promise<Result>;
}

export type AdmissionTransaction = Pick<
  UsageTransaction,
  'nowMs' | 'readUse' | 'listBuckets' | 'insertOpen' | 'updateOpen'
>;

export async function admitRequests(
  store: AdmissionStore,
  asks: readonly LimitAsk[],
): Promise<readonly LimitAnswer[]> {
  const asked = new Map(
    asks.flatMap(({ subjects }) =>
      subjects.map(({ subject, budget }) => [subject, { subject, period: budget?.periodName }] as const),
    ),
  );
  const questions = [...asked.values()];
  const work = async (transaction: AdmissionTransaction) => {
    const uses = await readUses(transaction, questions);
    const opened: OpenRequest[] = [];
    const answers: LimitAnswer[] = [];
    for (const ask of asks) {
      answers.push(await answerOne(ask, uses, transaction, opened));
    }
    await transaction.insertOpen(opened);
    return answers;
  };
  return await store.change([...asked.keys()], work, questions);
}

type Uses = Map<UsageSubject, SubjectUse>;

async function readUses(
  transaction: AdmissionTransaction,
  questions: Parameters<UsageTransaction['readUse']>[0],
): Promise<Uses> {
  const uses = await transaction.readUse(questions);
  return new Map(questions.map(({ subject }, index) => [subject, uses[index] ?? nothingUsed]));
}

function answerOne(
  ask: LimitAsk,
  uses: Uses,
  transaction: AdmissionTransaction,
  opened: OpenRequest[],
): Promise<LimitAnswer> {
  switch (ask.kind) {
    case 'admit':
      return admit(ask, uses, transaction, opened);
    case 'extend':
      return extend(ask, uses, transaction);
    case 'extend-machine':
      return extendMachine(ask, uses, transaction);
  }
}

async function admit(
  { subjects, need, open }: AdmissionAsk,
  uses: Uses,
  transaction: AdmissionTransaction,
  opened: OpenRequest[],
): Promise<LimitAnswer> {
  const used = listUsed(subjects, uses);
  const decision = decideAdmission(need, used);
  if (decision.kind === 'refused') {
    const { refusal } = decision;
    const retryAfterMs = await findWait(refusal, transaction, opened);
    return { kind: 'refused', refusal, retryAfterMs, used };
  }
  const { reserved } = decision;
  const made = { promptTokens: 0, completionTokens: 0, costNano: 0 };
  const startedAtMs = transaction.nowMs;
  opened.push(Object.assign({}, open, { startedAtMs, reserved, made, deployment: undefined }));
  for (const { subject, use } of used) uses.set(subject.subject, addReservation(use, reserved));
  return { kind: 'admitted', decision, used: listUsed(subjects, uses) };
}

function listUsed(subjects: readonly LimitedSubject[], uses: Uses): readonly UsedSubject[] {
  return subjects.map((subject) => ({ subject, use: uses.get(subject.subject) ?? nothingUsed }));
}

async function extend(
  { id, subjects, need, tokens, toReservation }: ExtensionAsk,
  uses: Uses,
  transaction: AdmissionTransaction,
): Promise<LimitAnswer> {
  const rooms = listUsed(subjects, uses).map(({ subject, use }) =>
    toRoom({ ...need, promptTokens: 0 }, subject.budget, use),
  );
  const granted = Math.max(0, Math.min(tokens, ...rooms));
  if (granted === 0) return { kind: 'extended', granted: 0 };
  const before = toReservation(0).reserved;
  const reservation = toReservation(granted);
  if (!(await transaction.updateOpen(id, reservation))) return { kind: 'extended', granted: 0 };
  const moreNano = reservation.reserved.costNano - before.costNano;
  for (const { subject } of subjects) {
    const use = uses.get(subject) ?? nothingUsed;
    uses.set(subject, {
      ...use,
      reservedTokens: use.reservedTokens + granted,
      reservedNano: use.reservedNano + moreNano,
    });
  }
  return { kind: 'extended', granted };
}

async function extendMachine(
  { id, subjects, costNano, toReservation }: MachineExtensionAsk,
  uses: Uses,
  transaction: AdmissionTransaction,
): Promise<LimitAnswer> {
  const lefts = listUsed(subjects, uses).map(({ subject, use }) => toLeftNano(subject.budget, use));
  const granted = Math.max(0, Math.min(costNano, ...lefts));
  if (granted === 0 || !(await transaction.updateOpen(id, toReservation(granted))))
    return { kind: 'extended', granted: 0 };
  for (const { subject } of subjects) {
    const use = uses.get(subject) ?? nothingUsed;
    uses.set(subject, { ...use, reservedNano: use.reservedNano + granted });
  }
  return { kind: 'extended', granted };
}

/** The time until enough has left the window. Undefined if unknown, or if waiting does not help. */
async function findWait(
  { subject: { subject }, limit, needed, used, allowed, isTooLarge }: LimitRefusal,
  transaction: AdmissionTransaction,
  opened: readonly OpenRequest[],
): Promise<number | undefined> {
  if (!isWindowLimit(limit) || isTooLarge) return undefined;
  const { width, counts } = windowLimits[limit];
  const { widthMs, bucketMs } = windows[width];
  let surplus = used + needed - allowed;
  for (const bucket of await transaction.listBuckets(subject, width)) {
    surplus -= bucket[counts];
    if (surplus <= 0) return Math.max(1, bucket.startMs + bucketMs + widthMs - transaction.nowMs);
  }
  // Requests of this very turn are in the way, which leave last.
  return opened.length > 0 ? widthMs + bucketMs : undefined;
}
