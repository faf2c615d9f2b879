/** What happened to a model's place in memory. */
export interface ModelEvent {
  readonly type: 'loading' | 'loaded' | 'load-failed' | 'unloading' | 'unloaded';
  readonly model: string;
  /** Of `loaded`: how long the load took, in milliseconds. */
  readonly tookMs?: number;
  /** Of `load-failed`: a sentence for people. */
  readonly reason?: string;
}
