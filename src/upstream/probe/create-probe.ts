import { setTimeout as sleep } from 'node:timers/promises';
import { noFacts, type UpstreamFacts } from './upstream-facts.ts';

/** What a server is known to be. */
export type ProbedState = 'starting' | 'ready' | 'failed';

export interface Probe {
  state(): ProbedState;
  facts(): UpstreamFacts;
  /** A request showed that the server is there, or that it is not. */
  note(state: 'ready' | 'failed', error?: unknown): void;
  /** Resolves after the first probe, whatever it found. */
  readonly first: Promise<void>;
  close(): void;
}

export interface ProbeOptions {
  /** Time between two probes, in milliseconds. */
  readonly probeMs: number;
  readonly read: (signal: AbortSignal) => Promise<UpstreamFacts>;
  /** Hears each change; `error` says why a server failed. */
  readonly onChange?: (state: ProbedState, error?: unknown) => void;
}

/** A server that failed is looked at this often, in milliseconds, so that it is back soon. */
const failedProbeMs = 1000;

/** The share of the time between two probes by which it varies, so that many servers do not ask at once. */
const jitter = 0.2;

/** Looks at a server at once and then again and again, never twice at the same time. */
export function createProbe({ probeMs, read, onChange }: ProbeOptions): Probe {
  let state: ProbedState = 'starting';
  let facts = noFacts;
  const closing = new AbortController();
  let wake = new AbortController();
  const change = (next: ProbedState, error?: unknown) => {
    if (state === next || closing.signal.aborted) return;
    state = next;
    onChange?.(next, error);
  };
  const look = async () => {
    try {
      facts = await read(closing.signal);
      change('ready');
    } catch (error) {
      // Its figures are old, and its models may still be served when it is back.
      facts = { ...facts, metrics: undefined };
      change('failed', error);
    }
  };
  const hasFailed = () => state === 'failed';
  const first = look();
  void (async () => {
    await first;
    while (!closing.signal.aborted) {
      const pauseMs = hasFailed() ? Math.min(failedProbeMs, probeMs) : probeMs;
      const variedMs = pauseMs * (1 + jitter * (Math.random() * 2 - 1));
      wake = new AbortController();
      await sleep(variedMs, undefined, { ref: false, signal: wake.signal }).catch(() => undefined);
      if (!closing.signal.aborted) await look();
    }
  })();
  return {
    state: () => state,
    facts: () => facts,
    note: (next, error) => {
      const isNews = next === 'failed' && !hasFailed();
      change(next, error);
      if (isNews) wake.abort();
    },
    first,
    close: () => {
      closing.abort();
      wake.abort();
    },
  };
}
