import { constants } from 'node:os';

/** Thrown when a signal ends a command before it is done. */
export class StoppedBySignal extends Error {
  /** The exit code that a shell reports: 128 plus the signal number. */
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`);
    this.name = 'StoppedBySignal';
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * The first SIGINT, SIGTERM or SIGHUP aborts the signal, unless SIGHUP means something else. A later SIGINT or SIGTERM
 * asks for an immediate end.
 */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly stopped: Promise<void>;
  /** Resolves when an immediate end is requested. */
  readonly hurried: Promise<StoppedBySignal>;
  close(): void;
}

/**
 * Under npm, Ctrl-C on a terminal arrives twice: from the process group and forwarded by npm. A second signal
 * within this time counts as the same one. In milliseconds.
 */
const sameSignalMs = 250;

/** @param onHangUp takes SIGHUP in place of a stop */
export function createStopSignal(onHangUp?: () => void): StopSignal {
  const controller = new AbortController();
  let stoppedAtMs: number | undefined;
  let hurry: (reason: StoppedBySignal) => void = () => undefined;
  const hurried = new Promise<StoppedBySignal>((resolve) => {
    hurry = resolve;
  });
  const onSignal = (name: NodeJS.Signals) => {
    if (name === 'SIGHUP' && onHangUp !== undefined) {
      onHangUp();
    } else if (stoppedAtMs === undefined) {
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
