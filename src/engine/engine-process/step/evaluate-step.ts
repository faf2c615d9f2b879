import type { EchoedToken } from '../../../backend/generation-event.ts';
import type { DraftedEntry } from '../drafts/follow-drafts.ts';
import type { NativeContext } from '../model/binding.ts';
import type { EngineModel } from '../model/engine-model.ts';
import type { Placement } from './prompt-cache.ts';
import type { PromptScoring } from './prompt-scoring.ts';
import {
  type DrawnFreely,
  drawFreely,
  type SampledStep,
  sampleStep,
  type WantedToken,
} from './sample-step.ts';
import { scorePrompt } from './score-prompt.ts';
import { isPrefilling, type SlotRun } from './slot.ts';
import type { StepEntry } from './step-plan.ts';

export interface EvaluatedStep extends SampledStep {
  readonly decode: DecodeCost;
  /** The log-probabilities of prompts whose tokens are requested. */
  readonly echoes: readonly EchoedPiece[];
  /** Continues if the sampled token matches a draft. */
  readonly drafted: readonly DraftedEntry[];
}

/** The duration of the decode alone, in milliseconds: on the clock, and in processor time of this process. */
export interface DecodeCost {
  readonly elapsedMs: number;
  readonly processorMs: number;
}

export interface EchoedPiece {
  readonly run: SlotRun;
  readonly tokens: readonly EchoedToken[];
}

/**
 * Decodes one batch and samples a token for every entry that wants one. `meanwhile` runs in this thread
 * during the decode.
 */
export async function evaluateStep(
  model: EngineModel,
  entries: readonly StepEntry[],
  meanwhile: () => void,
  onHang: (run: SlotRun) => void,
): Promise<EvaluatedStep> {
  const { context } = model;
  context.initBatch(entries.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const wanted: WantedToken[] = [];
  const scored: ScoredEntry[] = [];
  const drafted: DraftedEntry[] = [];
  for (const entry of entries) {
    const { slot, tokens, wantsToken, run } = entry;
    const scoring = isPrefilling(run) ? run.scoring : undefined;
    const start = slot.cache.length;
    const logitAt =
      scoring === undefined && wantsToken ? Uint32Array.of(tokens.length - 1) : new Uint32Array();
    const isDrafted = !isPrefilling(run) && tokens.length > 1;
    const wantedAt = scoring === undefined && !isDrafted ? logitAt : Uint32Array.from(tokens.keys());
    const logitIndexes = [...context.addToBatch(slot.sequence, start, tokens, wantedAt)];
    const logitIndex = logitIndexes.at(isDrafted ? 0 : -1);
    if (isDrafted) {
      drafted.push({ entry, logitIndexes });
    }
    if (scoring !== undefined) {
      scored.push({ entry, scoring, start, logitIndexes });
    }
    if (wantsToken && logitIndex !== undefined) {
      wanted.push({ entry, logitIndex });
    }
  }
  const { decode, drawing } = await decodeBatch(model, wanted, meanwhile);
  for (const { slot, tokens } of entries) {
    slot.cache.append(tokens);
  }
  const sampled = await sampleStep(model, wanted, drawing, onHang);
  const step = { ...sampled, decode, drafted, echoes: [] };
  return scored.length === 0 ? step : scoreStep(model, scored, step);
}

interface DecodedBatch {
  readonly decode: DecodeCost;
  readonly drawing: DrawnFreely;
}

async function decodeBatch(
  model: EngineModel,
  wanted: readonly WantedToken[],
  meanwhile: () => void,
): Promise<DecodedBatch> {
  const { context, hasOnePoolThread } = model;
  const startedAtMs = performance.now();
  const usage = process.cpuUsage();
  const decoding = context.decodeBatch();
  const queued = hasOnePoolThread ? drawFreely(model, wanted) : undefined;
  // If the decode fails, report that error. Tokens that were sampled after it are meaningless.
  queued?.catch(() => {});
  meanwhile();
  await decoding;
  const { user, system } = process.cpuUsage(usage);
  const decode = { elapsedMs: performance.now() - startedAtMs, processorMs: (user + system) / 1000 };
  // In an object, for otherwise the promise would be waited for here.
  return { decode, drawing: queued ?? drawFreely(model, wanted) };
}

interface ScoredEntry {
  readonly entry: StepEntry;
  readonly scoring: PromptScoring;
  readonly start: number;
  readonly logitIndexes: readonly number[];
}

async function scoreStep(
  model: EngineModel,
  scored: readonly ScoredEntry[],
  step: EvaluatedStep,
): Promise<EvaluatedStep> {
  const startedAtMs = performance.now();
  const echoes: EchoedPiece[] = [];
  for (const { entry, scoring, start, logitIndexes } of scored) {
    const tokens = await scorePrompt(model, entry, scoring, start, logitIndexes);
    echoes.push({ run: entry.run, tokens });
  }
  return { ...step, echoes, extrasMs: step.extrasMs + performance.now() - startedAtMs };
}

/** Brings the sequence to exactly the cached part of the prompt; returns how many tokens that are. */
export async function prepareSequence(
  context: NativeContext,
  { slot, copyFrom, cachedTokens }: Placement,
  prompt: Uint32Array,
): Promise<number> {
  if (copyFrom !== undefined) {
    context.disposeSequence(slot.sequence);
    await context.copySequenceStateFromOtherSequence(slot.sequence, copyFrom.sequence);
    slot.cache.truncate(0);
    slot.cache.append(prompt.subarray(0, cachedTokens));
  }
  slot.cache.truncate(cachedTokens);
  if (cachedTokens > 0 && context.removeTokenCellsFromSequence(slot.sequence, cachedTokens, -1)) {
    return cachedTokens;
  }
  // No common prefix, or a model whose sequences can't be cut back: the sequence starts over.
  slot.cache.truncate(0);
  context.disposeSequence(slot.sequence);
  return 0;
}
