import type { EmbeddingRequest, Embeddings } from '../backend/embedding.ts';
import { estimateEmbeddingTokens } from '../backend/estimate-prompt-tokens.ts';
import type { LostAttempt } from '../backend/generation.ts';
import { noUsage } from '../backend/generation-event.ts';
import { placed } from '../backend/placed-text.ts';
import { toUnitVector } from '../backend/to-unit-vector.ts';
import type { Router } from '../gateway/router.ts';
import { toCostOf, toServedPrice } from './limits/model-price.ts';
import { requireEmbeddings } from './require-capability.ts';
import { ServiceError } from './service-error.ts';
import { findRoutedModel } from './usage/find-routed-model.ts';
import { toAttemptCost } from './usage/to-attempt-cost.ts';
import type { UseCase } from './usage/use-case.ts';

export interface EmbeddingService {
  /**
   * Vectors of the length 1 with as many `dimensions` as were asked for, the first ones of the model's; undefined: all.
   *
   * @throws {ServiceError} for an unknown model, and `too_many_dimensions`; `BackendError` for what the backend refuses.
   * The use case ends in every case.
   */
  embed(
    useCase: UseCase,
    inputs: EmbeddingRequest['inputs'],
    dimensions: number | undefined,
  ): Promise<PricedEmbeddings>;
}

export interface PricedEmbeddings extends Pick<Embeddings, 'vectors' | 'promptTokens'> {
  /** In the currency of the model's price; undefined: it has none. */
  readonly cost: number | undefined;
}

export function createEmbeddingService({ router }: { readonly router: Router }): EmbeddingService {
  return {
    embed: (useCase, inputs, dimensions) =>
      useCase.run(async () => {
        const { requestId: id, traceparent, caller, signal, notes } = useCase;
        const model = await findRoutedModel(router, useCase);
        const embed = requireEmbeddings(model);
        const admission = await useCase.admit({
          modelName: model.name,
          deploymentName: model.deploymentName,
          promptTokens: estimateEmbeddingTokens(inputs),
          maxTokens: undefined,
          answerTokensMax: 0,
          answers: 0,
        });
        const meter = admission?.meter.begin(undefined);
        const onLost = (attempt: LostAttempt) => notes.embedded.push(toAttemptCost(attempt, 0));
        const request = { id, traceparent, callerId: caller.id, inputs, onLost };
        const made = await embed(request, signal).finally(() => meter?.end());
        const { vectors, promptTokens, servedBy } = made;
        const attempt = toAttemptCost({ ...noUsage, ...made }, meter?.machineMs() ?? 0);
        notes.embedded.push(attempt);
        return {
          vectors: dimensions === undefined ? vectors : shorten(vectors, dimensions),
          promptTokens,
          cost: admission?.price && toCostOf(toServedPrice(admission.price, servedBy))(attempt),
        };
      }),
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
  return vectors.map((vector) => toUnitVector(vector.subarray(0, dimensions)));
}
