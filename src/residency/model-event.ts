/** A change of a model in memory. */
export interface ModelEvent {
  readonly type: 'loading' | 'loaded' | 'load-failed' | 'unloading' | 'unloaded';
  readonly model: string;
  /** For `loaded`: duration of the load, in milliseconds. */
  readonly tookMs?: number;
  /** For `load-failed`: a sentence for the operator. */
  readonly reason?: string;
}
