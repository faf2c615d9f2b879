import type { OpenedAnswer } from '../answer/open-answer.ts';
import type { Drafter } from '../drafts/drafter.ts';
import type { NativeGrammarState, SamplerConfig, SlotSampler } from '../model/binding.ts';
import type { ThoughtLimit } from '../reasoning/thought-limit.ts';
import type { CompletionText } from './completion-text.ts';
import type { LoopWatch } from './loop-watch.ts';
import type { PromptScoring } from './prompt-scoring.ts';

/** A seat in the scheduler: one sequence of the context, and the request that is generated in it. */
export interface Slot {
  readonly sequence: number;
  readonly sampler: SlotSampler;
  /** Tokens whose keys and values are in the sequence's cache now, kept when a request ends for the next. */
  cache: TokenList;
  /** The caller of the last request. */
  cacheKey: string | undefined;
  /** When a request last ended here, in milliseconds; the longest idle one is given away first. */
  idleSinceMs: number;
  run: SlotRun | undefined;
}

/** One request in its slot. */
export interface SlotRun {
  readonly id: string;
  /** Order of arrival; prompts are evaluated in this order. */
  readonly arrival: number;
  readonly prompt: Uint32Array;
  readonly cachedTokens: number;
  readonly completionTokensMax: number;
  readonly text: CompletionText;
  /** Pieces of the answer report the number of generated tokens. */
  readonly reportsUsage: boolean;
  /** Number of alternatives to report with each log-probability. Undefined: no log-probabilities. */
  readonly topLogprobs: number | undefined;
  /** Where in its grammar the completion is; undefined: free text. */
  grammar: NativeGrammarState | undefined;
  /** The grammar that holds from the next token on; undefined: nothing changes. */
  nextGrammar: NativeGrammarState | undefined;
  /** Without a grammar, and as it is once the completion may end. */
  readonly samplerConfig: SamplerConfig;
  readonly answer: OpenedAnswer;
  /** Undefined if reasoning is not limited. */
  readonly thoughtLimit: ThoughtLimit | undefined;
  /** Tokens that come next whatever the model would draw. */
  forcedTokens: readonly number[];
  /** Undefined where the completion may repeat itself. */
  readonly loopWatch: LoopWatch | undefined;
  /** Whether it has repeated itself for so long that it ends. */
  isLooping: boolean;
  /** In addition to the model's end tokens. */
  readonly stopTokens: ReadonlySet<number>;
  /** The ones of them that are named by a stop sequence. */
  readonly stopControls: ReadonlyMap<number, string>;
  /** Tokens before which nothing may end the completion; 0 from where it may. */
  minTokens: number;
  /** Undefined if no tokens of the prompt are reported. */
  readonly scoring: PromptScoring | undefined;
  /** Undefined: its next tokens are never drafted. */
  readonly drafter: Drafter | undefined;
  completionTokens: number;
  /** The part of them that is reasoning. */
  reasoningTokens: number;
  /** Number of tokens for which the grammar was slow. */
  slowTokens: number;
  /** Sampled and not yet evaluated; undefined while the prompt is evaluated. */
  nextToken: number | undefined;
}

/** A list of tokens that can be appended and cut without copying a long prompt for every token. */
export interface TokenList {
  readonly length: number;
  at(index: number): number | undefined;
  append(tokens: Uint32Array): void;
  truncate(length: number): void;
  commonPrefixLength(tokens: Uint32Array): number;
}

export function createTokenList(capacity: number): TokenList {
  const tokens = new Uint32Array(capacity);
  let length = 0;
  return {
    get length() {
      return length;
    },
    at: (index) => (index < length ? tokens[index] : undefined),
    append: (more) => {
      tokens.set(more, length);
      length += more.length;
    },
    truncate: (to) => {
      length = Math.min(length, to);
    },
    commonPrefixLength: (others) => {
      const end = Math.min(length, others.length);
      let index = 0;
      while (index < end && tokens[index] === others[index]) {
        index++;
      }
      return index;
    },
  };
}

/** Prompt tokens of `run` that are still to be evaluated. */
export function remainingPrompt(slot: Slot, run: SlotRun): number {
  return Math.max(0, run.prompt.length - slot.cache.length);
}

export function isPrefilling(run: SlotRun): boolean {
  return run.nextToken === undefined;
}
