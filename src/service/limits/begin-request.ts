import type { OpenRequestId } from '../../store/usage-store.ts';
import type { AdmissionNeed, AdmittedCall } from './admission-need.ts';
import type { Admission } from './admission-of-request.ts';
import type { AdmissionQueue, QueuedAnswer } from './admission-queue.ts';
import type { AdmissionRows } from './admission-rows.ts';
import type { AdmissionAsk } from './admit-requests.ts';
import type { Decision, UsageNeed } from './decide.ts';
import type { LimitedSubject } from './limited-subject.ts';
import type { LocalUsage } from './local-usage.ts';
import { openMachineGrant } from './machine-grant.ts';
import type { MachineTime } from './machine-time.ts';
import type { ModelPrice } from './model-price.ts';
import type { Opening, OpenPlace } from './opening.ts';
import { createRequestMeter, type RequestMeter } from './request-meter.ts';

type AdmittedDecision = Extract<Decision, { kind: 'admitted' }>;

interface AskedRequest {
  readonly call: AdmittedCall;
  readonly asked: AdmissionNeed;
  readonly subjects: readonly LimitedSubject[];
  readonly need: UsageNeed;
  readonly price: ModelPrice | undefined;
}

interface Answered extends Pick<QueuedAnswer, 'id' | 'isStored'> {
  readonly toAsk: (id: OpenRequestId) => AdmissionAsk;
}

interface BeginningOptions {
  readonly queue: AdmissionQueue;
  readonly usage: LocalUsage;
  readonly rows: AdmissionRows;
  readonly machine: MachineTime;
}

/** Has requests begin that were let in: each has a meter, and a row that is in the store or follows. */
export function createBeginning({ queue, usage, rows, machine }: BeginningOptions) {
  return (request: AskedRequest, decision: AdmittedDecision, answered: Answered): Admission => {
    const { call, asked, subjects, need, price } = request;
    const { id, isStored, toAsk } = answered;
    const place: OpenPlace = { openId: isStored === 'yes' ? id : undefined, isSettled: false };
    const budgeted = subjects.filter(({ budget }) => budget !== undefined);
    const extend = (tokens: number) => {
      const toReservation = (more: number) => meter.toReservation(more);
      const asking = { id: place.openId ?? id, subjects: budgeted, need, tokens, toReservation };
      return queue.extend({ kind: 'extend', ...asking }, place.openId !== undefined);
    };
    const paying = budgeted.filter(({ budget }) => budget?.amountNano !== undefined);
    const extendMachine = (costNano: number) => {
      const toReservation = (more: number) => meter.toReservation(0, more);
      const asking = { id: place.openId ?? id, subjects: paying, costNano, toReservation };
      return queue.extend({ kind: 'extend-machine', ...asking }, place.openId !== undefined);
    };
    const onChange = () => place.openId && rows.note(place.openId, meter);
    const meter: RequestMeter = createRequestMeter({
      need,
      deploymentName: asked.deploymentName,
      reserved: decision.reserved,
      completionTokensMax: decision.completionTokensMax,
      answers: Math.max(1, asked.answers),
      prompts: asked.prompts ?? 1,
      ...(budgeted.length > 0 ? { extend } : {}),
      machine: openMachineGrant({
        price,
        reservedNano: decision.machineNano,
        enter: () => machine.enter(asked.deploymentName),
        ...(paying.length > 0 ? { extend: extendMachine } : {}),
        onChange,
        stop: call.abort,
      }),
      onChange,
      stop: call.abort,
    });
    if (isStored !== 'yes') {
      rows.open(toOpening(place, toAsk(id), meter, usage.nowMs), isStored === 'maybe');
    }
    return {
      place,
      meter,
      price,
      modelName: asked.modelName,
      answers: asked.answers,
      subjects: subjects.map(({ subject }) => subject),
      end: (used) => usage.end(id.number, used),
    };
  };
}

function toOpening(
  place: OpenPlace,
  { open, subjects }: AdmissionAsk,
  meter: RequestMeter,
  elapsedMs: () => number,
): Opening {
  const beganMs = elapsedMs();
  return Object.assign(place, {
    number: open.id.number,
    subjects: subjects.map(({ subject }) => subject),
    toOpenRequest: (id: OpenRequestId, nowMs: number) => ({
      ...open,
      ...meter.toReservation(),
      id,
      startedAtMs: Math.floor(nowMs - (elapsedMs() - beganMs)),
    }),
  });
}
