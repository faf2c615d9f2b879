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
  /** Whose requests come here; of the one that came last. */
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
  /** Pieces of the answer say what was generated so far. */
  readonly tellsUsage: boolean;
  /** Alternatives to tell with each token's log-probability; undefined: none of either. */
  readonly topLogprobs: number | undefined;
  /** Where in its grammar the completion is; undefined: free text. */
  grammar: NativeGrammarState | undefined;
  /** The grammar that holds from the next token on; undefined: nothing changes. */
  nextGrammar: NativeGrammarState | undefined;
  /** Without a grammar, and as it is once the completion may end. */
  readonly samplerConfig: SamplerConfig;
  readonly answer: OpenedAnswer;
  /** Undefined: thoughts are not bounded. */
  readonly thoughtLimit: ThoughtLimit | undefined;
  /** Tokens that come next whatever the model would draw. */
  forcedTokens: readonly number[];
  /** Undefined where the completion may repeat itself. */
  readonly loopWatch: LoopWatch | undefined;
  /** It has repeated itself for so long that it ends. */
  isLooping: boolean;
  /** Beside the model's own end tokens. */
  readonly stopTokens: ReadonlySet<number>;
  /** Tokens before which nothing may end the completion; 0 from where it may. */
  minTokens: number;
  /** Undefined: nothing is told of the prompt's tokens. */
  readonly scoring: PromptScoring | undefined;
  /** Undefined: its next tokens are never drafted. */
  readonly drafter: Drafter | undefined;
  completionTokens: number;
  /** Part of them that are thoughts. */
  reasoningTokens: number;
  /** Tokens for which the grammar took long. */
  slowTokens: number;
  /** Sampled and not yet evaluated; undefined while the prompt is evaluated. */
  nextToken: number | undefined;
}

/** Tokens that can be appended and cut, without copying a long prompt for every token. */
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
