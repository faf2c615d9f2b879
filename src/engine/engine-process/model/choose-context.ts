import { toContextRange } from '../../context-length.ts';
import type { EngineOptions } from '../../engine-options.ts';
import type { BoundContextOptions, ModelMeasures } from './binding.ts';

/** The context that a model gets, or the shortest that was tried when memory does not hold even that. */
export interface ContextChoice {
  readonly context: BoundContextOptions;
  readonly contextBytes: number;
  readonly availableBytes: number;
  readonly contextLengthWanted: number;
  readonly isEnough: boolean;
}

/** Share of the free memory that the KV cache may take. */
const memoryShareMax = 0.8;

/**
 * Halves the context until it fits: a shorter one serves, an out-of-memory kill ends everything. A length that
 * the operator set is not changed.
 */
export async function chooseContext(
  model: ModelMeasures,
  options: EngineOptions,
  mathCores: number,
): Promise<ContextChoice> {
  const { slots: sequences, batchTokensMax, flashAttention, threads = mathCores } = options;
  const { wanted: contextLengthWanted, min: lengthMin } = toContextRange(
    options.contextLength,
    model.trainContextLength,
  );
  const availableBytes = process.availableMemory();
  for (let contextLength = contextLengthWanted; ; contextLength = Math.floor(contextLength / 2)) {
    const context = { sequences, batchTokensMax, flashAttention, threads, contextLength };
    const contextBytes = await model.estimateContextBytes(context);
    const isEnough = contextBytes <= availableBytes * memoryShareMax;
    if (isEnough || Math.floor(contextLength / 2) < lengthMin) {
      return { context, contextBytes, availableBytes, contextLengthWanted, isEnough };
    }
  }
}

/** The numbers, as the end of a sentence. */
export function describeLack({ contextBytes, availableBytes }: ContextChoice): string {
  const room = availableBytes * memoryShareMax;
  return `need ${toGigabytes(contextBytes)} GB in addition to the model, and ${toGigabytes(room)} GB may be used`;
}

function toGigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
