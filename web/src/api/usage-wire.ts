// Reports of usage, as the console reads them. Names are as on the wire.

export interface UsageTimes {
  readonly requests: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
}

export interface UsageResult {
  readonly api_key_id: string | null;
  readonly project_id: string | null;
  readonly model: string | null;
  readonly endpoint: string | null;
  readonly deployment: string | null;
  readonly requests: number;
  readonly refused_by_limit: number;
  readonly refused_by_budget: number;
  readonly refused_otherwise: number;
  readonly input_tokens: number;
  readonly input_cached_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost: { readonly value: number; readonly currency: string };
  readonly outcomes: Readonly<Record<string, number>>;
  readonly duration: UsageTimes;
  readonly time_to_first_token: UsageTimes;
}

export interface UsageBucket {
  readonly start_time: number;
  readonly end_time: number;
  readonly results: readonly UsageResult[];
}

export interface UsagePage {
  readonly data: readonly UsageBucket[];
  readonly next_page: string | null;
}

export type UsageGroup = 'none' | 'api_key_id' | 'project_id' | 'model' | 'deployment' | 'endpoint';
