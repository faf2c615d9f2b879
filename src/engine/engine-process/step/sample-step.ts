// Samples the tokens of one step: first for free text, then for each grammar separately, so that its time is
// known.
//
// Sampling free text does not depend on this thread. If the pool has one thread, which runs tasks in order,
// sampling is queued behind the decode, and the pool continues without this thread.
//
// A step ends when all streams have their token, so every stream waits for a slow grammar. A grammar that
// takes too long, measured in processor time and not on a busy machine's clock, ends its request. A native
// call can't be interrupted. If one never returns, this process ends and the parent starts another.
import { BackendError } from '../../../backend/backend-error.ts';
import type { TokenLogprob } from '../../../backend/generation-event.ts';
import type { EngineModel } from '../model/engine-model.ts';
import type { SlotRun } from './slot.ts';
import type { StepEntry } from './step-plan.ts';

/** An entry with the place of its logits in the batch. */
export interface WantedToken {
  readonly entry: StepEntry;
  readonly logitIndex: number;
}

export interface SampledToken {
  readonly entry: StepEntry;
  /** An error ends this request; the others continue. */
  readonly token: number | BackendError;
  /** Where the request wants it. */
  readonly logprob: TokenLogprob | undefined;
}

export interface SampledStep {
  readonly tokens: readonly SampledToken[];
  /** Time of the step that grammars and log-probabilities took, in milliseconds. */
  readonly extrasMs: number;
}

type DrawnToken = WantedToken & Pick<SampledToken, 'token'>;

/**
 * A token that takes longer is slow, in milliseconds. One over the whole vocabulary takes 5 with a simple
 * grammar.
 */
const slowMsMin = 100;
/** A request may have this many slow tokens. */
const slowTokensMax = 2;
/** A token that takes longer ends its request, in milliseconds. */
const tokenMsMax = 250;
/** A token that takes longer ends the process, in milliseconds: ways through a grammar may double with each letter. */
const hangMsMax = 1000;

/** How the native sampler begins its error when the grammar can't move on with the token that it drew. */
const refusal = 'Failed to accept token in sampler';
/** The native sampler returns this if it sampled nothing. */
const noToken = -1;

/** Tokens that are drawn without a look at the clock. */
export type DrawnFreely = Promise<readonly DrawnToken[]>;

/** Call it when the decode has ended, or, where the pool has one thread, when it has been queued. */
export async function drawFreely({ context }: EngineModel, wanted: readonly WantedToken[]): DrawnFreely {
  const free = wanted.filter(
    ({ entry: { run } }) => run.grammar === undefined && run.forcedTokens.length === 0,
  );
  return Promise.all(
    free.map(async ({ entry, logitIndex }) => ({
      entry,
      logitIndex,
      token: await context.sampleToken(logitIndex, entry.slot.sampler.native),
    })),
  );
}

/** `onHang` is called with a request whose token does not arrive. */
export async function sampleStep(
  model: EngineModel,
  wanted: readonly WantedToken[],
  drawing: DrawnFreely,
  onHang: (run: SlotRun) => void,
): Promise<SampledStep> {
  const drawn = [...(await drawing)];
  const forced = wanted.flatMap(takeForcedToken);
  const open = wanted.filter((one) => !forced.some(({ entry }) => entry === one.entry));
  const startedAtMs = performance.now();
  for (const { entry, logitIndex } of open) {
    if (entry.run.grammar !== undefined) {
      const stop = watchTime(() => onHang(entry.run));
      const token = await sampleWithin(model, entry, logitIndex).finally(stop);
      drawn.push({ entry, logitIndex, token: isTooSlow(entry.run, stop()) ? createCostError() : token });
    }
  }
  const tokens: SampledToken[] = [...forced];
  for (const { entry, logitIndex, token } of drawn) {
    tokens.push({ entry, token, logprob: await readLogprob(model, entry.run, logitIndex, token) });
  }
  return { tokens, extrasMs: performance.now() - startedAtMs };
}

/** Forced tokens are not sampled. As part of a tag, they are in no text with log-probabilities. */
function takeForcedToken({ entry }: WantedToken): readonly SampledToken[] {
  const [token, ...later] = entry.run.forcedTokens;
  if (token === undefined) return [];
  entry.run.forcedTokens = later;
  return [{ entry, token, logprob: undefined }];
}

async function readLogprob(
  { logprobs, vocabulary }: EngineModel,
  { topLogprobs }: SlotRun,
  logitIndex: number,
  token: number | BackendError,
): Promise<TokenLogprob | undefined> {
  // An end token has no text, so it is not visible.
  if (topLogprobs === undefined || typeof token !== 'number' || vocabulary.isEndToken(token)) {
    return undefined;
  }
  return logprobs.read(logitIndex, token, topLogprobs);
}

/** The error for a request whose grammar takes too long. */
export function createCostError(): BackendError {
  return new BackendError(
    'unsupported_grammar',
    'The grammar takes too long: there are too many ways in which a text can match it.',
  );
}

/**
 * Where no token is left that the grammar allows, the native sampler draws one all the same. One that is no end
 * token is then refused as the grammar's state moves on; an end token moves nothing, so we ask.
 */
async function sampleWithin(
  { bound, vocabulary, context }: EngineModel,
  { slot, run }: StepEntry,
  logitIndex: number,
): Promise<number | BackendError> {
  const token = await context.sampleToken(logitIndex, slot.sampler.native).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith(refusal)) {
      return noToken;
    }
    throw error;
  });
  const isEnd = token !== noToken && vocabulary.isEndToken(token);
  const isWrongEnd = isEnd && run.grammar !== undefined && !bound.isAllowed(run.grammar, token);
  if (token === noToken || isWrongEnd) {
    return new BackendError(
      'unsupported_grammar',
      'The grammar demands text that this model has no tokens for.',
    );
  }
  return token;
}

function isTooSlow(run: SlotRun, elapsedMs: number): boolean {
  run.slowTokens += elapsedMs > slowMsMin ? 1 : 0;
  return run.slowTokens > slowTokensMax || elapsedMs > tokenMsMax;
}

/**
 * Returns a function that stops the clock and returns the milliseconds so far: this process's processor time,
 * or the elapsed time if that is less.
 */
function watchTime(onHang: () => void): () => number {
  const startedAtMs = performance.now();
  const usage = process.cpuUsage();
  const elapsedMs = () => {
    const { user, system } = process.cpuUsage(usage);
    return Math.min(performance.now() - startedAtMs, (user + system) / 1000);
  };
  const timer = setInterval(() => {
    if (elapsedMs() > hangMsMax) {
      clearInterval(timer);
      onHang();
    }
  }, hangMsMax / 4);
  return () => {
    clearInterval(timer);
    return elapsedMs();
  };
}
