/** What one check of `gravix doctor` found. Messages are sentences. */
export interface CheckFinding {
  readonly status: CheckStatus;
  readonly message: string;
  /** What to do about it. */
  readonly wayOut?: string;
}

/** `warn`: it works, but not as well as it might, or not yet. `fail`: `gravix serve` or its clients would fail. */
export type CheckStatus = 'ok' | 'warn' | 'fail';

export interface DoctorCheck {
  readonly name: string;
  run(): Promise<CheckFinding>;
}

/** Decimal megabytes, as disks and `gravix pull` count them. */
export function toMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000).toLocaleString('en-US')} MB`;
}
