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

/** The first SIGTERM or SIGINT aborts the returned signal; later ones are taken to be the same one. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly stopped: Promise<void>;
  close(): void;
}

/**
 * A terminal's Ctrl-C arrives twice under npm, once from the group and once forwarded, so a second signal is no
 * order to hurry. Who wants an end at once sends SIGKILL: nothing is lost by it.
 */
export function createStopSignal(): StopSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => controller.abort(new StoppedBySignal(signal));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return {
    signal: controller.signal,
    stopped: new Promise((resolve) => {
      controller.signal.addEventListener('abort', () => resolve(), { once: true });
    }),
    close: () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    },
  };
}
