/** The result of one check of `gravix doctor`. Messages are sentences. */
export interface CheckFinding {
  readonly status: CheckStatus;
  readonly message: string;
  /** The remedy. */
  readonly wayOut?: string;
}

/** `warn`: works, but not optimally or not yet. `fail`: `gravix serve` or its clients would fail. */
export type CheckStatus = 'ok' | 'warn' | 'fail';

export interface DoctorCheck {
  readonly name: string;
  run(): Promise<CheckFinding>;
}

/** Decimal megabytes, as in disk sizes and `gravix pull`. */
export function toMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000).toLocaleString('en-US')} MB`;
}
