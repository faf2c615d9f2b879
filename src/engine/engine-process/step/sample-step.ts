// Draws the tokens of one step: first for free text, then for each grammar by itself, so that its time is known.
//
// What is drawn for free text depends on nothing that this thread does: where the pool has one thread, which takes its
// tasks in order, it is queued behind the decode, and the pool goes from one to the other without us.
//
// A step ends when all have their token. What a grammar takes, every stream waits: one that takes too long, by
// its own processor time and not by that of a busy machine, ends its own request. The native call can't be
// interrupted; one that does not come back at all ends this process, and the parent starts another.
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
  /** An error ends this request; the others go on. */
  readonly token: number | BackendError;
  /** Where the request wants it. */
  readonly logprob: TokenLogprob | undefined;
}

export interface SampledStep {
  readonly tokens: readonly SampledToken[];
  /** What grammars and log-probabilities took of the step, in milliseconds. */
  readonly extrasMs: number;
}

type DrawnToken = WantedToken & Pick<SampledToken, 'token'>;

/** A token that took longer is slow, in milliseconds. One over the whole vocabulary takes 5 with a plain grammar. */
const slowMsMin = 100;
/** A request may have this many slow tokens. */
const slowTokensMax = 2;
/** A token that took longer ends its request, in milliseconds. */
const tokenMsMax = 250;
/** A token that takes longer ends the process, in milliseconds: ways through a grammar may double with each letter. */
const hangMsMax = 1000;

/** How the native sampler begins its error when the grammar can't move on with the token that it drew. */
const refusal = 'Failed to accept token in sampler';
/** What the native sampler returns where it drew nothing. */
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

/** `onHang` is told of a request whose token does not come. */
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

/** No sampler draws it, and as part of a tag it is in no text whose log-probabilities are told. */
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
  // An end token has no text, so nobody would see it.
  if (topLogprobs === undefined || typeof token !== 'number' || vocabulary.isEndToken(token)) {
    return undefined;
  }
  return logprobs.read(logitIndex, token, topLogprobs);
}

/** What a request is told whose grammar takes too long. */
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

/** Returns what stops it and tells the milliseconds so far: of this process's work, or of the clock if they are less. */
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
