// Continuous batching over N slots, in explicit steps.
//
// One step gives free slots to waiting requests, plans a batch (one token per running stream, and a piece of
// the oldest prompt), decodes it, samples a token for every sequence with logits, and reports to the parent.
// Cancels take effect between two steps, when no decode is running and the context is free. The pacer keeps
// steps short enough that cancels and streams don't wait long. A request is placed only when it is its turn
// to be evaluated: by then, the conversation or system prompt that it shares with an earlier request is in
// the cache.

import { BackendError, createContextOverflowError } from '../../../backend/backend-error.ts';
import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { StepCounts } from '../../engine-message.ts';
import { openAnswer } from '../answer/open-answer.ts';
import { followDrafts } from '../drafts/follow-drafts.ts';
import { planDrafts } from '../drafts/plan-drafts.ts';
import { type ReportProgress, toFailure } from '../engine-runner.ts';
import type { EngineModel } from '../model/engine-model.ts';
import { addTurnEnd } from '../prompt/add-turn-end.ts';
import { toPrompt } from '../prompt/to-prompt.ts';
import { evaluateStep, prepareSequence } from './evaluate-step.ts';
import { createNews, type News } from './news.ts';
import { placeRequest } from './prompt-cache.ts';
import { countRunning, toUsage } from './run-usage.ts';
import { createCostError, drawFreely, type SampledToken, sampleStep } from './sample-step.ts';
import { createTokenList, isPrefilling, remainingPrompt, type Slot, type SlotRun } from './slot.ts';
import { acceptToken, changeSampling, type PendingRequest, startRun, toScoring } from './slot-run.ts';
import { planStep, type StepEntry } from './step-plan.ts';
import { assertKnownTokens } from './to-sampler-config.ts';

export interface Scheduler {
  /** Takes a request; at most as many at a time as there are slots. */
  submit(request: GenerationRequest, queueWaitMs: number): void;
  /** Ends a request without a finish event; unknown ids are ignored, for they may just have ended. */
  cancel(id: string): void;
}

export interface SchedulerParts {
  readonly model: EngineModel;
  /** Called once for each step, and for what happens between steps. */
  readonly report: ReportProgress;
  /** Called when all work is done, with the totals since the model was loaded. */
  readonly rest: (counts: StepCounts) => void;
  /** The context can't be used any longer: a decode failed. */
  readonly fail: (error: unknown) => void;
}

export function createScheduler(parts: SchedulerParts): Scheduler {
  return new StepScheduler(parts);
}

class StepScheduler implements Scheduler {
  readonly #model: EngineModel;
  readonly #parts: SchedulerParts;
  readonly #slots: readonly Slot[];
  readonly #cancelled = new Set<string>();
  #pending: PendingRequest[] = [];
  readonly #news: News;
  /** Duration of the last step without a prompt, in milliseconds. */
  #decodeStepMs = 0;
  #arrivals = 0;
  #steps = 0;
  #stepsWithAllThreads = 0;
  #isRunning = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#news = createNews((items) => parts.report(items, countRunning(this.#slots)));
    this.#model = parts.model;
    this.#slots = createSlots(parts.model);
  }

  submit(asked: GenerationRequest, queueWaitMs: number): void {
    const request = addTurnEnd(this.#model, asked);
    try {
      assertKnownTokens(request, this.#model.facts.vocabularySize);
      const { tokens: prompt, start, echo } = toPrompt(this.#model, request);
      const answer = openAnswer(this.#model, request, start);
      const { contextLength } = this.#model.facts;
      if (prompt.length >= contextLength) {
        throw createContextOverflowError(contextLength, prompt.length, request.prompt.kind);
      }
      this.#pending.push({
        request,
        prompt,
        answer,
        start,
        echo,
        queueWaitMs,
        submittedAtMs: performance.now(),
      });
    } catch (error) {
      this.#parts.report([
        { id: request.id, type: 'failed', failure: toFailure(error) },
        { id: request.id, type: 'released' },
      ]);
    }
    this.#wake();
  }

  cancel(id: string): void {
    const waiting = this.#pending.find(({ request }) => request.id === id);
    if (waiting === undefined) {
      this.#cancelled.add(id);
    } else {
      this.#pending = this.#pending.filter((other) => other !== waiting);
      this.#parts.report([{ id, type: 'released' }]);
    }
  }

  #wake(): void {
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#run()
        .catch(this.#parts.fail)
        .finally(() => {
          this.#isRunning = false;
        });
    }
  }

  async #run(): Promise<void> {
    while (this.#pending.length > 0 || this.#slots.some(({ run }) => run !== undefined)) {
      await this.#step();
    }
    this.#news.send();
    const { threads } = this.#model;
    this.#parts.rest({ steps: this.#steps, withAllThreads: this.#stepsWithAllThreads, threads });
  }

  async #step(): Promise<void> {
    this.#applyCancels();
    const { context, governors, pacer, drafting, stepMsTarget } = this.#model;
    const streams = this.#slots.filter(({ run }) => run?.nextToken !== undefined).length;
    const prefillTokensMax = pacer.prefillTokens(streams);
    await this.#placePending(prefillTokensMax);
    const planned = planStep(this.#slots, prefillTokensMax);
    if (planned.length === 0) {
      return;
    }
    const kind = planned.some(({ run }) => isPrefilling(run)) ? 'prefill' : 'decode';
    const governor = governors[kind];
    const threads = governor.threads();
    if (context.getThreads() !== threads) {
      context.setThreads(threads);
    }
    this.#steps += 1;
    this.#stepsWithAllThreads += threads === this.#model.threads ? 1 : 0;
    const entries = planDrafts(this.#model, planned, prefillTokensMax, threads);
    const startedAtMs = performance.now();
    // The results of the last step are sent while this one is decoded.
    const onHang = (run: SlotRun) => this.#failHanging(run);
    const { tokens, echoes, extrasMs, decode, drafted } = await evaluateStep(
      this.#model,
      entries,
      () => (kind === 'decode' ? this.#news.sendOrHold(this.#decodeStepMs) : this.#news.send()),
      onHang,
    );
    const nowMs = performance.now();
    // Neither threads nor pieces make these faster.
    const elapsedMs = nowMs - startedAtMs - extrasMs;
    const counts = countTokens(entries);
    pacer.record({ ...counts, elapsedMs });
    governor.record({ tokens: countGovernedTokens(this.#model, planned, counts, threads), ...decode, nowMs });
    for (const { run, tokens: logprobs } of echoes) {
      this.#news.add({ id: run.id, type: 'event', event: { type: 'echo', text: '', logprobs } });
    }
    if (counts.prefillTokens === 0) {
      this.#decodeStepMs = elapsedMs;
      drafting?.costs.record(threads, counts.decodeTokens, decode.elapsedMs);
    }
    for (const sampled of tokens) {
      this.#accept(sampled);
    }
    await followDrafts(drafted, {
      context,
      sample: (wanted) => sampleStep(this.#model, wanted, drawFreely(this.#model, wanted), onHang),
      accept: (sampled) => this.#accept(sampled),
      msMax: stepMsTarget,
    });
  }

  #applyCancels(): void {
    for (const slot of this.#slots) {
      if (slot.run !== undefined && this.#cancelled.has(slot.run.id)) {
        this.#release(slot, slot.run);
      }
    }
    this.#cancelled.clear();
  }

  /** Fills the piece of the next step with prompts, in order of arrival. */
  async #placePending(prefillTokensMax: number): Promise<void> {
    let left = prefillTokensMax;
    for (const slot of this.#slots) {
      if (slot.run !== undefined && isPrefilling(slot.run)) {
        left -= remainingPrompt(slot, slot.run);
      }
    }
    while (left > 0) {
      const next = this.#pending.shift();
      if (next === undefined) {
        return;
      }
      left -= await this.#place(next);
    }
  }

  /** Returns the tokens of the prompt that are to be evaluated. */
  async #place(waiting: PendingRequest): Promise<number> {
    const placement = placeRequest(this.#slots, waiting.prompt, waiting.request.cacheKey);
    if (placement === undefined) {
      throw new Error('more requests than slots were submitted');
    }
    const { context } = this.#model;
    const isScored = toScoring(waiting.request, waiting.echo) !== undefined;
    const cachedTokens = await prepareSequence(
      context,
      isScored ? { ...placement, copyFrom: undefined, cachedTokens: 0 } : placement,
      waiting.prompt,
    );
    const { slot } = placement;
    slot.cacheKey = waiting.request.cacheKey;
    slot.run = startRun(this.#model, slot, waiting, cachedTokens, this.#arrivals++);
    const queueWaitMs = waiting.queueWaitMs + performance.now() - waiting.submittedAtMs;
    const promptTokens = waiting.prompt.length;
    const event = { type: 'started', promptTokens, cachedTokens, queueWaitMs } as const;
    this.#news.add({ id: slot.run.id, type: 'event', event });
    if (waiting.echo !== undefined) {
      const { text } = waiting.echo;
      const echo = { type: 'echo', text, ...(isScored ? { logprobs: [] } : {}) } as const;
      this.#news.add({ id: slot.run.id, type: 'event', event: echo });
    }
    return remainingPrompt(slot, slot.run);
  }

  #accept({ entry: { slot, run }, token, logprob }: SampledToken): void {
    if (token instanceof BackendError) {
      this.#news.add({ id: run.id, type: 'failed', failure: toFailure(token) });
      this.#release(slot, run);
      return;
    }
    const events = acceptToken(this.#model.vocabulary, run, token, logprob);
    for (const event of events) {
      this.#news.add({ id: run.id, type: 'event', event });
    }
    if (events.at(-1)?.type === 'finish') {
      this.#release(slot, run);
    } else {
      changeSampling(slot, run);
    }
  }

  /** Report the cause to its request before the process ends, so that it is not retried. */
  #failHanging(run: SlotRun): void {
    this.#news.send();
    this.#parts.report([{ id: run.id, type: 'failed', failure: toFailure(createCostError()) }]);
    this.#parts.fail(new Error('sampling within a grammar does not end'));
  }

  #release(slot: Slot, run: SlotRun): void {
    slot.run = undefined;
    if (run.grammar !== undefined) {
      slot.sampler.releaseGrammar();
    }
    slot.idleSinceMs = performance.now();
    this.#news.add({ id: run.id, type: 'released', usage: toUsage(run) });
  }
}

function createSlots(model: EngineModel): Slot[] {
  return Array.from({ length: model.facts.slots }, (_, sequence) => ({
    sequence,
    cache: createTokenList(model.facts.contextLength),
    sampler: model.bound.createSampler(),
    cacheKey: undefined,
    idleSinceMs: performance.now(),
    run: undefined,
  }));
}

/** A step with drafts counts as the tokens that would cost as much without: it must not be mistaken for cheap or dear ones. */
function countGovernedTokens(
  { drafting }: EngineModel,
  planned: readonly StepEntry[],
  { prefillTokens, decodeTokens }: ReturnType<typeof countTokens>,
  threads: number,
): number {
  const drafted = prefillTokens === 0 ? decodeTokens - planned.length : 0;
  return drafting === undefined || drafted === 0
    ? prefillTokens + decodeTokens
    : (planned.length + 1) * drafting.costs.growth(threads, planned.length, drafted) - 1;
}

function countTokens(entries: readonly StepEntry[]): { prefillTokens: number; decodeTokens: number } {
  let prefillTokens = 0;
  let decodeTokens = 0;
  for (const { run, tokens } of entries) {
    if (isPrefilling(run)) {
      prefillTokens += tokens.length;
    } else {
      decodeTokens += tokens.length;
    }
  }
  return { prefillTokens, decodeTokens };
}
