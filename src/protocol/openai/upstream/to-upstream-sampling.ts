import { neutralSampling, type SamplingParameters } from '../../../backend/generation-request.ts';
import { ExactNumber } from '../../../json/exact-number.ts';
import type { Dialect, SamplingName } from './dialect.ts';

type Sampled = {
  readonly sampling: SamplingParameters;
  readonly openSampling?: ReadonlySet<SamplingName> | undefined;
};

/**
 * How the next token is drawn. What the client and the model's settings leave open stays open, so that the upstream
 * applies its own default. A value that the dialect lacks is neutral, or was left open by the client.
 */
export function toUpstreamSampling(
  { sampling, openSampling }: Sampled,
  { sampling: names }: Pick<Dialect, 'sampling'>,
): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(toWireValues(sampling))) {
    const field = names[name as SamplingName];
    if (field === undefined || value === undefined) continue;
    if (openSampling?.has(name as SamplingName) && isNeutral(sampling, name as SamplingName)) continue;
    fields[field] = value;
  }
  return fields;
}

function isNeutral(sampling: SamplingParameters, name: SamplingName): boolean {
  return sampling[name] === neutralSampling[name];
}

function toWireValues(sampling: SamplingParameters): Record<SamplingName, unknown> {
  const { logitBias, seed, ...others } = sampling;
  return {
    ...others,
    logitBias: logitBias.size === 0 ? undefined : Object.fromEntries(logitBias),
    seed: typeof seed === 'bigint' ? new ExactNumber(String(seed)) : seed,
  };
}
