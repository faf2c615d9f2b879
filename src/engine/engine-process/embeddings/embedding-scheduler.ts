// Computes embeddings one input at a time, and requests take turns.
//
// A batch could hold several sequences, but the native binding returns the vector of the first one only. So
// each input is a separate decode. Callers take turns after each input, and so do the requests of each
// caller: a short request does not wait for a long one. Inputs are tokenized before the first turn of their
// request, a few at a time, so that nothing is computed for a request that has to be refused.
import { BackendError } from '../../../backend/backend-error.ts';
import { type EmbeddingInput, embeddingTokensMax } from '../../../backend/embedding.ts';
import { toUnitVector } from '../../../backend/to-unit-vector.ts';
import { createFairQueue } from '../../../queueing/fair-queue.ts';
import type { EngineProgress } from '../../engine-message.ts';
import { assertPromptTokens } from '../prompt/to-raw-tokens.ts';
import { addControlTokens } from '../run-text-task.ts';
import type { EmbeddingModel } from './embedding-model.ts';

export interface EmbeddingScheduler {
  submit(id: string, inputs: readonly EmbeddingInput[], callerId: string | undefined): void;
  /** Ends a request without an answer; unknown ids are ignored, for they may just have ended. */
  cancel(id: string): void;
}

export interface EmbeddingSchedulerParts {
  readonly model: Pick<EmbeddingModel, 'vocabulary' | 'context'> & {
    readonly facts: Pick<EmbeddingModel['facts'], 'contextLength' | 'vocabularySize' | 'tokenBytesMax'>;
  };
  readonly report: (items: readonly EngineProgress[]) => void;
  /** Says why a request failed, and fails the process where the context can't be used any longer. */
  readonly toFailure: (error: unknown) => Extract<EngineProgress, { type: 'failed' }>['failure'];
}

interface Work {
  readonly id: string;
  readonly callerId: string | undefined;
  readonly inputs: readonly EmbeddingInput[];
  readonly tokens: Uint32Array[];
  readonly vectors: Float32Array[];
  promptTokens: number;
}

/** Bytes that are tokenised before other requests have their turn. */
const turnBytesMax = 65_536;

export function createEmbeddingScheduler(parts: EmbeddingSchedulerParts): EmbeddingScheduler {
  return new TurnScheduler(parts);
}

class TurnScheduler implements EmbeddingScheduler {
  readonly #parts: EmbeddingSchedulerParts;
  readonly #queue = createFairQueue<Work>();
  readonly #cancelled = new WeakSet<Work>();
  /** The one whose turn it is. */
  #current: Work | undefined;

  constructor(parts: EmbeddingSchedulerParts) {
    this.#parts = parts;
  }

  submit(id: string, inputs: readonly EmbeddingInput[], callerId: string | undefined): void {
    this.#queue.push(callerId, { id, callerId, inputs, tokens: [], vectors: [], promptTokens: 0 });
    if (this.#current === undefined) void this.#run();
  }

  cancel(id: string): void {
    this.#queue.removeWhere((work) => work.id === id);
    if (this.#current?.id === id) this.#cancelled.add(this.#current);
  }

  async #run(): Promise<void> {
    for (let work = this.#queue.take(); work !== undefined; work = this.#queue.take()) {
      this.#current = work;
      try {
        const isDone = await this.#takeTurn(work);
        if (!this.#cancelled.has(work)) this.#moveOn(work, isDone);
      } catch (error) {
        this.#parts.report([{ id: work.id, type: 'failed', failure: this.#parts.toFailure(error) }]);
      }
    }
    this.#current = undefined;
  }

  #moveOn(work: Work, isDone: boolean): void {
    if (isDone) {
      const { id, vectors, promptTokens } = work;
      this.#parts.report([{ id, type: 'answered', answer: { vectors, promptTokens } }]);
    } else {
      this.#queue.push(work.callerId, work);
    }
  }

  /** True where it was the last one. */
  async #takeTurn(work: Work): Promise<boolean> {
    if (work.tokens.length < work.inputs.length) {
      this.#tokenizeSome(work);
      // Cancels and new requests come in between.
      await new Promise((resolve) => setImmediate(resolve));
      return false;
    }
    const tokens = work.tokens[work.vectors.length] ?? new Uint32Array();
    work.vectors.push(toUnitVector(await this.#parts.model.context.embed(tokens)));
    return work.vectors.length === work.inputs.length;
  }

  #tokenizeSome(work: Work): void {
    for (let bytes = 0; bytes < turnBytesMax; ) {
      const input = work.inputs[work.tokens.length];
      if (input === undefined) return;
      bytes += input.kind === 'text' ? Buffer.byteLength(input.text) : input.tokens.length;
      const tokens = this.#toTokens(input, work.tokens.length);
      work.tokens.push(tokens);
      work.promptTokens += tokens.length;
      if (work.promptTokens > embeddingTokensMax) {
        throw new BackendError(
          'context_length_exceeded',
          `The inputs have more than ${embeddingTokensMax} tokens together, which is the maximum of one request. Send fewer of them.`,
        );
      }
    }
  }

  #toTokens(input: EmbeddingInput, index: number): Uint32Array {
    const { vocabulary, facts } = this.#parts.model;
    if (input.kind === 'tokens') assertPromptTokens(input.tokens, facts.vocabularySize);
    const tokens =
      input.kind === 'tokens'
        ? Uint32Array.from(input.tokens)
        : addControlTokens(vocabulary, this.#tokenize(input.text, index));
    if (tokens.length > facts.contextLength) {
      throw createInputOverflowError(facts.contextLength, index, tokens.length);
    }
    // A text may have no tokens, but a vector needs at least one.
    return tokens.length === 0 ? Uint32Array.of(vocabulary.endToken) : tokens;
  }

  /** Refuse a text that can't fit before tokenizing it, which would take too long. */
  #tokenize(text: string, index: number): Uint32Array {
    const { vocabulary, facts } = this.#parts.model;
    const tokensMin = Math.ceil(Buffer.byteLength(text) / facts.tokenBytesMax);
    if (tokensMin > facts.contextLength) {
      throw createInputOverflowError(facts.contextLength, index, tokensMin);
    }
    return vocabulary.tokenize(text);
  }
}

function createInputOverflowError(contextLength: number, index: number, tokens: number): BackendError {
  return new BackendError(
    'context_length_exceeded',
    `This model's maximum context length is ${contextLength} tokens. However, input ${index} resulted in ${tokens} tokens. Please reduce the length of the input.`,
  );
}
