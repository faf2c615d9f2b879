import type { UsageAmounts, UsageSubject } from '../../store/usage-store.ts';
import type { ModelPrice } from './model-price.ts';
import type { OpenPlace } from './opening.ts';
import type { RequestMeter } from './request-meter.ts';

/** A request that was let in. */
export interface Admission {
  readonly place: OpenPlace;
  readonly modelName: string;
  readonly price: ModelPrice | undefined;
  readonly answers: number;
  /** The subjects whose limits and budgets count it. */
  readonly subjects: readonly UsageSubject[];
  readonly meter: RequestMeter;
  /** It ended, and used so much. The store hears of it from the ledger. */
  end(used: UsageAmounts): void;
}
