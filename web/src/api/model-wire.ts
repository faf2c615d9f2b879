import type { Model } from './wire.ts';

// Models as the API shows them to operators. Names are as on the wire.

export interface AdminModel extends Model {
  readonly default: boolean;
  readonly pinned: boolean;
  readonly memory_bytes: number | null;
  readonly fit: 'loaded' | 'free' | 'after_unloading' | 'never' | null;
  readonly running: number;
  readonly waiting: number;
  readonly slots: number | null;
}

export interface ModelMemory {
  readonly limit_bytes: number;
  readonly used_bytes: number;
  readonly machine_free_bytes: number;
  readonly loaded_models: number;
  readonly loaded_models_max: number;
}

export interface AdminModelList {
  readonly data: readonly AdminModel[];
  readonly memory: ModelMemory;
}

export interface CatalogueModel {
  readonly id: string;
  readonly parameter_size: string;
  readonly quantization: string;
  readonly context_length: number | null;
  readonly license: string;
  readonly capabilities: readonly string[];
  readonly size_bytes: number | null;
  readonly size_estimated: boolean;
  readonly fits: boolean | null;
}

export interface CatalogueFamily {
  readonly name: string;
  readonly description: string;
  readonly models: readonly CatalogueModel[];
}

export interface ModelPull {
  readonly model: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly phase: string | null;
  readonly completed_bytes: number | null;
  readonly total_bytes: number | null;
  /** Unix time in seconds. */
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly reason: string | null;
}

export interface CatalogueList {
  readonly data: readonly CatalogueFamily[];
}

export interface ModelPullList {
  readonly data: readonly ModelPull[];
}
