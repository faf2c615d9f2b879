import type { TracedRequest } from './tracing.ts';

/** A part of the time of a request, on the clock of `performance.now()`. */
export interface Phase {
  readonly name: 'queue' | 'prefill' | 'decode';
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a request that was generated waited for: a place, the first token, and the rest of its first answer. */
export function toPhases({ arrivedAtMs, usage }: TracedRequest): readonly Phase[] {
  if (usage === undefined) return [];
  const { startedAtMs, timeToBackendMs, timeToFirstTokenMs, totalMs, queueWaitMs = 0 } = usage;
  if (timeToBackendMs === undefined) return [];
  const endMs = startedAtMs + totalMs;
  const sentAtMs = arrivedAtMs + timeToBackendMs;
  const firstTokenAtMs = timeToFirstTokenMs === undefined ? endMs : startedAtMs + timeToFirstTokenMs;
  const servedAtMs = Math.min(sentAtMs + queueWaitMs, firstTokenAtMs);
  const phases: Phase[] = [
    { name: 'queue', fromMs: sentAtMs, toMs: servedAtMs },
    { name: 'prefill', fromMs: servedAtMs, toMs: firstTokenAtMs },
  ];
  if (timeToFirstTokenMs !== undefined) phases.push({ name: 'decode', fromMs: firstTokenAtMs, toMs: endMs });
  return phases;
}
