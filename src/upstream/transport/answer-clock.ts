/** How long parts of one answer may take, in milliseconds. */
export interface AnswerTimes {
  /** From the request to the first token; undefined: no more than `totalMs`. */
  readonly firstTokenMs: number | undefined;
  /** Between two pieces of the answer. */
  readonly betweenChunksMs: number | undefined;
  readonly totalMs: number;
}

export type AnswerTime = keyof AnswerTimes;

/** What came of one answer, and when, on the clock of `performance.now()`. */
export interface AnswerPace {
  readonly startedAtMs: number;
  /** Of the first token; undefined: none came. */
  readonly firstTokenAtMs: number | undefined;
  /** Of the latest piece. */
  readonly lastPieceAtMs: number;
  /** Events with text, reasoning or a call. */
  readonly tokenEvents: number;
}

export interface AnswerClock {
  /** A piece came. */
  noteChunk(): void;
  /** A token came. */
  noteToken(): void;
  /** The first bytes of an answer came that is sent as a whole. */
  noteWhole(): void;
  pace(): AnswerPace;
  /** While nothing is read, the upstream has no chance to send. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** One timer for an answer, which is set again only when it rings: a token costs a look at the clock. */
export function createAnswerClock(times: AnswerTimes, onTimeout: (which: AnswerTime) => void): AnswerClock {
  const startedAtMs = performance.now();
  let noted = startedAtMs;
  let lastPieceAtMs = startedAtMs;
  let firstTokenAtMs: number | undefined;
  let tokenEvents = 0;
  let hasBegun = false;
  let isPaused = false;
  const findNext = (): { readonly which: AnswerTime; readonly atMs: number } => {
    const total = { which: 'totalMs', atMs: startedAtMs + times.totalMs } as const;
    const which = hasBegun ? 'betweenChunksMs' : 'firstTokenMs';
    const limit = times[which];
    if (limit === undefined || (hasBegun && isPaused)) return total;
    const atMs = (hasBegun ? noted : startedAtMs) + limit;
    return atMs < total.atMs ? { which, atMs } : total;
  };
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(ring, Math.max(1, Math.ceil(findNext().atMs - performance.now())));
  };
  const ring = (): void => {
    const { which, atMs } = findNext();
    if (performance.now() >= atMs) onTimeout(which);
    else wait();
  };
  const wind = (): void => {
    clearTimeout(timer);
    wait();
  };
  const begin = (): void => {
    hasBegun = true;
    noted = performance.now();
    wind();
  };
  wait();
  return {
    noteChunk: () => {
      noted = performance.now();
      lastPieceAtMs = noted;
    },
    noteToken: () => {
      tokenEvents += 1;
      if (firstTokenAtMs !== undefined) return;
      firstTokenAtMs = performance.now();
      if (!hasBegun) begin();
    },
    noteWhole: begin,
    pace: () => ({ startedAtMs, firstTokenAtMs, lastPieceAtMs, tokenEvents }),
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      noted = performance.now();
      if (hasBegun) wind();
    },
    stop: () => clearTimeout(timer),
  };
}
