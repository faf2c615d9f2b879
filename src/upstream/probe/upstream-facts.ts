import type { UpstreamMetrics } from '../../protocol/openai/upstream/read-upstream-metrics.ts';
import type { UpstreamModel } from '../../protocol/openai/upstream/read-upstream-models.ts';

/** What a server says of itself. */
export interface UpstreamFacts {
  /** undefined: it does not list them, or has not been asked yet. */
  readonly models: readonly UpstreamModel[] | undefined;
  readonly version: string | undefined;
  /** Of models that do not say it themselves. */
  readonly contextLengths: ReadonlyMap<string, number>;
  /** The same, of every model. */
  readonly contextLength: number | undefined;
  readonly metrics: UpstreamMetrics | undefined;
}

export const noFacts: UpstreamFacts = {
  models: undefined,
  version: undefined,
  contextLengths: new Map(),
  contextLength: undefined,
  metrics: undefined,
};

/** Tokens that prompt and completion of a model may have together. */
export function findContextLength(facts: UpstreamFacts, model: string): number | undefined {
  const { models = [], contextLengths, contextLength } = facts;
  // A server of one model may take any name for it.
  const listed = models.find(({ id }) => id === model) ?? (models.length === 1 ? models[0] : undefined);
  // What it serves with stands above what the model was trained with.
  return contextLength ?? contextLengths.get(model) ?? listed?.contextLength;
}
