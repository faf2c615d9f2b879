// The only double of the tests: a backend behind the contract that does what a script says. It keeps the
// contract's promises about aborts, so that what is tested above it is what a real backend would meet.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendState } from '../src/backend/backend.ts';
import { BackendError, createContextOverflowError } from '../src/backend/backend-error.ts';
import type { Generation } from '../src/backend/generation.ts';
import {
  type FinishReason,
  type GenerationEvent,
  noUsage,
  type TokenUsage,
} from '../src/backend/generation-event.ts';
import type { GenerationPrompt, GenerationRequest } from '../src/backend/generation-request.ts';
import { toText } from '../src/backend/message-content.ts';
import type { TokenizationInput, TokenizedText } from '../src/backend/tokenization.ts';
import { engineCapabilities } from '../src/engine/engine-capabilities.ts';
import type { LoadableBackend } from '../src/residency/resident-model.ts';

export type ScriptStep =
  | GenerationEvent
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'wait-for'; readonly promise: Promise<unknown> }
  /** Stays silent until the signal aborts. */
  | { readonly type: 'wait-for-abort' }
  /** Made before anybody asked, as an engine does for a slow reader: an abort does not take them back. */
  | { readonly type: 'made-ahead'; readonly events: readonly GenerationEvent[] }
  | { readonly type: 'fail'; readonly error: unknown };

export type Script = (request: GenerationRequest) => Iterable<ScriptStep>;

/** How a generation ended, in the order in which they ended. */
export interface ScriptedEnding {
  readonly id: string;
  /** `aborted`: the signal said so. `left`: the reader left the loop early. */
  readonly how: 'finished' | 'failed' | 'aborted' | 'left';
  readonly reason?: unknown;
  readonly atMs: number;
}

/** It can do what the embedded engine can. */
export interface ScriptedBackend extends Omit<LoadableBackend, 'start'> {
  readonly requests: readonly GenerationRequest[];
  readonly endings: readonly ScriptedEnding[];
  /** Generations under way. */
  running(): number;
  setState(state: BackendState): void;
}

/** Tokens are code points here. */
const lastCodePoint = 0x10_ff_ff;

export const scriptedFingerprint = 'scripted-1';

export const scriptedContextLength = 2048;

export function createScriptedBackend(script: Script): ScriptedBackend {
  const requests: GenerationRequest[] = [];
  const endings: ScriptedEnding[] = [];
  let state: BackendState = 'ready';
  return {
    requests,
    endings,
    running: () => requests.length - endings.length,
    setState: (next) => {
      state = next;
    },
    state: () => state,
    describe: () => ({
      fingerprint: scriptedFingerprint,
      task: 'generate',
      contextLength: scriptedContextLength,
      slots: 4,
      argumentsNotation: 'json',
    }),
    capabilities: engineCapabilities,
    load: () => ({ running: requests.length - endings.length, waiting: 0, slots: 4, cacheUse: 0 }),
    tokenizer: {
      tokenize: async (input) => toScriptedTokens(input),
      detokenize: async (tokens) => {
        if (tokens.some((token) => token > lastCodePoint)) {
          throw new BackendError('unknown_prompt_token', 'There is no such token.');
        }
        return String.fromCodePoint(...tokens);
      },
    },
    countTokens: async (request) => toScriptedTokens({ kind: 'request', request }).tokens.length,
    embed: async ({ inputs }) => {
      const tokens = inputs.flatMap((input) => (input.kind === 'tokens' ? input.tokens : []));
      if (tokens.some((token) => token > lastCodePoint)) {
        throw new BackendError('unknown_prompt_token', 'There is no such token.');
      }
      return {
        vectors: inputs.map((input) => Float32Array.from([0, 0.6, input.kind === 'text' ? 0.8 : -0.8])),
        promptTokens: inputs.length,
      };
    },
    async close() {
      state = 'closed';
    },
    generate: (request, signal) => {
      requests.push(request);
      return playGeneration(script(request), signal, (how) => {
        endings.push({ id: request.id, atMs: performance.now(), ...how });
      });
    },
  };
}

/**
 * Plays a script as a backend does that counts as it goes: each delta is a token.
 * @param onEnd once, when it is over, however that comes about
 */
export function playGeneration(
  steps: Iterable<ScriptStep>,
  signal: AbortSignal,
  onEnd: (how: Pick<ScriptedEnding, 'how' | 'reason'>) => void,
): Generation {
  let cost = noUsage;
  let settle: (usage: TokenUsage) => void = () => undefined;
  const settled = new Promise<TokenUsage>((resolve) => {
    settle = resolve;
  });
  async function* read(): AsyncGenerator<GenerationEvent> {
    let ending: Pick<ScriptedEnding, 'how' | 'reason'> = { how: 'left' };
    try {
      for await (const event of play(steps, signal)) {
        cost = addCost(cost, event);
        // Its reader may stop at the last event: it need not ask whether one more comes.
        if (event.type === 'finish') ending = { how: 'finished' };
        yield event;
      }
      ending = { how: 'finished' };
    } catch (error) {
      ending = { how: signal.aborted ? 'aborted' : 'failed', reason: error };
      throw error;
    } finally {
      onEnd(ending);
      settle(cost);
    }
  }
  return { events: read(), settled };
}

function addCost(cost: TokenUsage, event: GenerationEvent): TokenUsage {
  switch (event.type) {
    case 'started':
      return { ...noUsage, promptTokens: event.promptTokens ?? 0, cachedTokens: event.cachedTokens ?? 0 };
    case 'echo':
      return cost;
    case 'finish':
      return event.usage;
    default:
      return { ...cost, completionTokens: cost.completionTokens + 1 };
  }
}

/** A token for each character, which is its code point. */
function toScriptedTokens(input: TokenizationInput): TokenizedText {
  const characters = [...(input.kind === 'text' ? input.text : toPromptText(input.request.prompt))];
  if (characters.length >= scriptedContextLength) {
    throw createContextOverflowError(scriptedContextLength, characters.length, 'text');
  }
  return { tokens: characters.map((character) => character.codePointAt(0) ?? 0), texts: characters };
}

function toPromptText(prompt: GenerationPrompt): string {
  if (prompt.kind === 'tokens' && prompt.tokens.some((token) => token > lastCodePoint)) {
    throw new BackendError('unknown_prompt_token', 'There is no such token.');
  }
  switch (prompt.kind) {
    case 'chat':
      return prompt.messages.map(({ content }) => toText(content)).join('');
    case 'text':
      return prompt.text;
    case 'tokens':
      return String.fromCodePoint(...prompt.tokens);
  }
}

async function* play(steps: Iterable<ScriptStep>, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  for (const step of steps) {
    signal.throwIfAborted();
    switch (step.type) {
      case 'wait':
        await Promise.race([sleep(step.ms, undefined, { ref: false }), aborted]);
        break;
      case 'wait-for':
        await Promise.race([step.promise, aborted]);
        break;
      case 'wait-for-abort':
        await aborted;
        break;
      case 'made-ahead':
        yield* step.events;
        break;
      case 'fail':
        throw step.error;
      default:
        yield step;
    }
  }
}

export const started: GenerationEvent = {
  type: 'started',
  promptTokens: 12,
  cachedTokens: 3,
  queueWaitMs: 1.5,
};

export function textDelta(text: string): GenerationEvent {
  return { type: 'text-delta', text };
}

export function toolCallStart(callIndex: number, name: string, id = `call_${callIndex}`): GenerationEvent {
  return { type: 'tool-call-start', callIndex, id, name };
}

export function toolCallDelta(callIndex: number, argumentsText: string): GenerationEvent {
  return { type: 'tool-call-delta', callIndex, argumentsText };
}

export function finish(completionTokens: number, reason: FinishReason = 'stop'): GenerationEvent {
  return {
    type: 'finish',
    reason,
    usage: { promptTokens: 12, completionTokens, cachedTokens: 3, reasoningTokens: 0 },
  };
}

/** A completion without surprises: one token for each text and one for the end. */
export function sayTexts(...texts: readonly string[]): Script {
  return () => [started, ...texts.map(textDelta), finish(texts.length + 1)];
}

/** An answer of calls alone, each with the pieces of its arguments. */
export function callTools(...calls: readonly (readonly [name: string, ...pieces: string[]])[]): Script {
  const events = calls.flatMap(([name, ...pieces], index) => [
    toolCallStart(index, name),
    ...pieces.map((piece) => toolCallDelta(index, piece)),
  ]);
  return () => [started, ...events, finish(events.length + 1, 'tool-calls')];
}

/** Refused before it was accepted. */
export function refuse(error: unknown): Script {
  return () => [{ type: 'fail', error }];
}
