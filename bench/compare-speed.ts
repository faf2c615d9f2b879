// Two servers on the same model, taking turns, so that what else the machine does meets both alike.
import { type StreamTimes, streamChat, type Target } from './chat-stream.ts';
import { mean, median, round } from './figures.ts';

export interface SpeedRow {
  readonly streams: number;
  /** Tokens a second of all streams together, the prompts' time included. */
  readonly tokensPerSecond: Readonly<Record<string, number>>;
  readonly firstTokenMs: Readonly<Record<string, number>>;
  /** Ours by theirs, the median over the rounds; undefined with one server only. */
  readonly speedRatio: number | undefined;
  readonly firstTokenRatio: number | undefined;
}

export interface CompareOptions {
  readonly ours: Target;
  readonly theirs: Target | undefined;
  readonly streams: readonly number[];
  readonly rounds: number;
  readonly maxTokens: number;
}

interface Round {
  readonly tokensPerSecond: number;
  readonly firstTokenMs: number;
}

export async function compareSpeed(options: CompareOptions): Promise<SpeedRow[]> {
  const targets = [options.ours, ...(options.theirs === undefined ? [] : [options.theirs])];
  const prompts = createPrompts();
  const rows: SpeedRow[] = [];
  for (const streams of options.streams) {
    const rounds = new Map<Target, Round[]>(targets.map((target) => [target, []]));
    for (let round = 0; round < options.rounds; round++) {
      for (const target of round % 2 === 0 ? targets : [...targets].reverse()) {
        rounds.get(target)?.push(await runRound(target, streams, options.maxTokens, prompts));
      }
    }
    rows.push(toRow(streams, options, rounds));
  }
  return rows;
}

/** No two prompts share a beginning, so no cache helps. */
function createPrompts(): () => string {
  let serial = 0;
  const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(12);
  return () => `Continue story ${process.pid}-${serial++} at great length: ${filler}`;
}

async function runRound(
  target: Target,
  streams: number,
  maxTokens: number,
  prompt: () => string,
): Promise<Round> {
  const startedAtMs = performance.now();
  const all: StreamTimes[] = await Promise.all(
    Array.from({ length: streams }, () =>
      streamChat(target, { messages: [{ role: 'user', content: prompt() }], maxTokens }),
    ),
  );
  const seconds = (performance.now() - startedAtMs) / 1000;
  const tokens = all.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  return { tokensPerSecond: tokens / seconds, firstTokenMs: mean(all.map(({ firstMs }) => firstMs)) };
}

function toRow(
  streams: number,
  { ours, theirs }: CompareOptions,
  rounds: ReadonlyMap<Target, Round[]>,
): SpeedRow {
  const own = rounds.get(ours) ?? [];
  const other = theirs === undefined ? undefined : rounds.get(theirs);
  const ratio = (value: (round: Round) => number) =>
    other === undefined
      ? undefined
      : round(median(own.map((one, index) => value(one) / value(other[index] ?? one))), 3);
  const medians = (value: (round: Round) => number, digits: number) =>
    Object.fromEntries(
      [...rounds].map(([target, all]) => [target.name, round(median(all.map(value)), digits)]),
    );
  return {
    streams,
    tokensPerSecond: medians((one) => one.tokensPerSecond, 1),
    firstTokenMs: medians((one) => one.firstTokenMs, 0),
    speedRatio: ratio((one) => one.tokensPerSecond),
    firstTokenRatio: ratio((one) => one.firstTokenMs),
  };
}
