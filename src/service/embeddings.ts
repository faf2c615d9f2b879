import type { EmbeddingRequest, Embeddings } from '../backend/embedding.ts';
import { placed } from '../backend/placed-text.ts';
import type { Router } from '../gateway/router.ts';
import { requireEmbeddings } from './require-capability.ts';
import { createModelNotFoundError, ServiceError } from './service-error.ts';
import { createTimeLimit } from './time-limit.ts';

export interface EmbeddingService {
  /**
   * Vectors of the length 1 with as many `dimensions` as were asked for, the first ones of the model's; undefined: all.
   *
   * @throws {ServiceError} for an unknown model, and `too_many_dimensions`; `BackendError` for what the backend refuses.
   */
  embed(
    modelName: string,
    request: EmbeddingRequest,
    dimensions: number | undefined,
    signal: AbortSignal,
  ): Promise<Embeddings>;
}

export interface EmbeddingServiceOptions {
  readonly router: Router;
  readonly requestMsMax: number;
}

export function createEmbeddingService({ router, requestMsMax }: EmbeddingServiceOptions): EmbeddingService {
  return {
    embed: async (modelName, request, dimensions, clientSignal) => {
      const deployment = await router.find(modelName);
      if (deployment === undefined) throw createModelNotFoundError(modelName);
      const embed = requireEmbeddings(deployment);
      const limit = createTimeLimit(requestMsMax, clientSignal);
      try {
        const { vectors, promptTokens } = await embed(request, limit.signal);
        return { vectors: dimensions === undefined ? vectors : shorten(vectors, dimensions), promptTokens };
      } finally {
        limit.clear();
      }
    },
  };
}

/** A model that was trained for it keeps most of the meaning in the first dimensions. */
function shorten(vectors: readonly Float32Array[], dimensions: number): Float32Array[] {
  const own = vectors[0]?.length ?? 0;
  if (dimensions > own) {
    const place = { kind: 'dimensions' } as const;
    throw new ServiceError(
      'too_many_dimensions',
      placed`Invalid '${place}': integer above maximum value. Expected a value <= ${own}, which this model's vectors have, but got ${dimensions} instead.`,
      place,
    );
  }
  return vectors.map((vector) => {
    const cut = vector.subarray(0, dimensions);
    const length = Math.hypot(...cut);
    return cut.map((value) => (length === 0 ? 0 : value / length));
  });
}
