import type { EngineOptions } from './engine-options.ts';

/**
 * Questions that the engine's `inspect` entry answers without serving a model. Plain data, because it crosses
 * the process boundary as JSON.
 */
export type EngineQuestion =
  | { readonly question: 'engine' }
  | { readonly question: 'memory'; readonly options: EngineOptions };

export interface EngineAnswers {
  readonly engine: EngineRuntime;
  readonly memory: MemoryNeed;
}

/** The native library as this machine loads it. */
export interface EngineRuntime {
  /** The build for this CPU, such as `haswell`. Undefined if the system does not report it. */
  readonly release: string;
  /** The instruction sets in use, in llama.cpp's own words. */
  readonly systemInfo: string;
  /**
   * The needs of a model, and the context that an engine would choose with the memory that is available now.
   */
  readonly cpuVariant: string | undefined;
  /** Cores that are fit for mathematics: physical, and on some machines only the fast ones. */
  readonly mathCores: number;
}

/**
 * The needs of a model, and the context that an engine would choose with the memory that is available now.
 */
export interface MemoryNeed {
  readonly modelBytes: number;
  /** For all slots together, at `contextLength`. */
  readonly contextBytes: number;
  readonly availableBytes: number;
  /** Tokens for each slot: what an engine would take, or the shortest that was tried when not even that fits. */
  readonly contextLength: number;
  /** Tokens for each slot that were wanted. */
  readonly contextLengthWanted: number;
  readonly isEnough: boolean;
}

export type EngineReply<Answer> =
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'failed'; readonly message: string };
