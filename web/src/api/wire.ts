// What the API answers, as far as the console reads it. Names are as on the wire.
import type { BudgetPeriod, KeyScope, LimitName } from './key-wire.ts';

export interface ModelCapabilities {
  readonly chat: boolean;
  readonly completions: boolean;
  readonly tools: boolean;
  readonly structured_outputs: boolean;
  readonly reasoning: boolean;
  readonly logprobs: boolean;
  readonly embeddings: boolean;
}

export interface Model {
  readonly id: string;
  readonly alias_of?: string;
  readonly aliases: readonly string[];
  readonly state: 'unloaded' | 'loading' | 'ready' | 'failed' | 'unloading';
  readonly backend: 'engine' | 'upstream';
  readonly context_length: number | null;
  readonly max_output_tokens: number | null;
  readonly architecture: string | null;
  readonly parameter_count: number | null;
  readonly quantization: string | null;
  readonly size_bytes: number | null;
  readonly license: string | null;
  readonly modalities: { readonly input: readonly string[]; readonly output: readonly string[] };
  readonly capabilities: ModelCapabilities;
  readonly supported_parameters: readonly string[];
  readonly default_parameters: Readonly<Record<string, unknown>>;
  readonly default_system_message: string | null;
}

export interface ModelList {
  readonly data: readonly Model[];
}

export interface LimitUse {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  readonly reset_seconds: number | null;
  readonly owner: 'key' | 'project';
}

export interface BudgetUse {
  readonly period: BudgetPeriod;
  readonly currency: string | null;
  readonly amount: { readonly limit: number; readonly used: number; readonly remaining: number } | null;
  readonly tokens: { readonly limit: number; readonly used: number; readonly remaining: number } | null;
  readonly resets_at: number | null;
}

export interface OwnKey {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly scopes: readonly KeyScope[];
  readonly models: readonly string[] | null;
  readonly limits: Readonly<Record<LimitName, LimitUse | null>>;
  readonly budget: BudgetUse | null;
  readonly project_budget: BudgetUse | null;
}
