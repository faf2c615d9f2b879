import { BackendError } from '../../../backend/backend-error.ts';
import type { EngineFacts } from '../../engine-message.ts';
import type { EngineOptions } from '../../engine-options.ts';
import type { Binding, BoundContextOptions, BoundModel, NativeContext } from '../model/binding.ts';
import { chooseContext, describeLack } from '../model/choose-context.ts';
import { createVocabulary, type Vocabulary } from '../model/vocabulary.ts';

/** A model in memory that turns texts into vectors, and generates nothing. */
export interface EmbeddingModel {
  readonly vocabulary: Vocabulary;
  readonly context: EmbeddingContext;
  readonly facts: EngineFacts;
}

export interface EmbeddingContext {
  /** The vector of this input. One call at a time, with at least one token. */
  embed(tokens: Uint32Array): Promise<Float64Array>;
}

/** Such a model reads an input at once: its only sequence is as long as its batch. */
export async function loadEmbeddingModel(
  binding: Binding,
  bound: BoundModel,
  options: EngineOptions,
): Promise<EmbeddingModel> {
  const vocabulary = createVocabulary(bound.native, bound.vocabularySize);
  const measures = {
    trainContextLength: bound.trainContextLength,
    estimateContextBytes: (context: BoundContextOptions) =>
      bound.estimateContextBytes(forEmbeddings(context)),
  };
  const trained = Math.min(options.contextLength ?? bound.trainContextLength, bound.trainContextLength);
  const wanted = { ...options, slots: 1, contextLength: options.contextLength && trained };
  const choice = await chooseContext(measures, wanted, binding.mathCores);
  if (!choice.isEnough) {
    const lack = `contexts of ${choice.context.contextLength} tokens ${describeLack(choice)}. Give it a shorter context (contextLength).`;
    throw new BackendError('insufficient_memory', `The model does not fit into memory: ${lack}`);
  }
  const context = forEmbeddings(choice.context);
  const { contextLength } = context;
  return {
    vocabulary,
    context: createEmbeddingContext(await bound.createContext(context)),
    facts: {
      task: 'embed',
      contextLength,
      slots: 1,
      vocabularySize: bound.vocabularySize,
      release: binding.release,
      tokenBytesMax: vocabulary.tokenBytesMax,
      hasOwnTemplate: false,
    },
  };
}

/** Tokens see each other in both directions, so that an input is one batch. */
function forEmbeddings({ contextLength, threads }: BoundContextOptions): BoundContextOptions {
  return {
    sequences: 1,
    contextLength,
    batchTokensMax: contextLength,
    threads,
    flashAttention: false,
    isForEmbeddings: true,
  };
}

function createEmbeddingContext(native: NativeContext): EmbeddingContext {
  return {
    embed: async (tokens) => {
      native.disposeSequence(0);
      native.initBatch(tokens.length);
      native.addToBatch(0, 0, tokens, Uint32Array.from(tokens.keys()));
      await native.decodeBatch();
      return native.getEmbedding(tokens.length);
    },
  };
}
