import { constants } from 'node:os';

/** A command that a signal ended before it was done. */
export class StoppedBySignal extends Error {
  /** What a shell reports for it: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`);
    this.name = 'StoppedBySignal';
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** The first SIGINT, SIGTERM or SIGHUP aborts the signal; a later SIGINT or SIGTERM wants the end at once. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly stopped: Promise<void>;
  /** Resolves when the end is wanted at once. */
  readonly hurried: Promise<StoppedBySignal>;
  close(): void;
}

/**
 * A terminal's Ctrl-C arrives twice under npm, once from the group and once forwarded: what comes so soon after the
 * first is the same one. In milliseconds; a person takes longer.
 */
const sameSignalMs = 250;

export function createStopSignal(): StopSignal {
  const controller = new AbortController();
  let stoppedAtMs: number | undefined;
  let hurry: (reason: StoppedBySignal) => void = () => undefined;
  const hurried = new Promise<StoppedBySignal>((resolve) => {
    hurry = resolve;
  });
  const onSignal = (name: NodeJS.Signals) => {
    if (stoppedAtMs === undefined) {
      stoppedAtMs = performance.now();
      controller.abort(new StoppedBySignal(name));
    } else if (name !== 'SIGHUP' && performance.now() - stoppedAtMs > sameSignalMs) {
      hurry(new StoppedBySignal(name));
    }
  };
  // A closed terminal sends SIGHUP.
  const names = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stopped: new Promise((resolve) => {
      controller.signal.addEventListener('abort', () => resolve(), { once: true });
    }),
    hurried,
    close: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
