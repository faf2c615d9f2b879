import type { StoreErrorCode } from '../store-error.ts';
import type { UsageReportStore } from '../usage-report-store.ts';

export type ReportMethod = keyof UsageReportStore;

/** To the thread: one call of the contract. Plain values, as all that the contract takes and answers with. */
export interface ReportRequest {
  readonly method: ReportMethod;
  readonly question: unknown;
}

/** From the thread. `code`: of a `StoreError`. */
export type ReportAnswer =
  | { readonly type: 'answer'; readonly value: unknown }
  | { readonly type: 'failure'; readonly code: StoreErrorCode | undefined; readonly message: string };
