import type { OpenRequestId, UsageSubject } from '../../store/usage-store.ts';
import type { ModelPrice } from './model-price.ts';
import type { RequestMeter } from './request-meter.ts';

/** A request that was let in. */
export interface Admission {
  /** undefined: the store did not take it, and its caller has no limits. */
  readonly openId: OpenRequestId | undefined;
  readonly modelName: string;
  readonly price: ModelPrice | undefined;
  readonly answers: number;
  /** The subjects whose limits and budgets count it. */
  readonly subjects: readonly UsageSubject[];
  readonly meter: RequestMeter;
}
