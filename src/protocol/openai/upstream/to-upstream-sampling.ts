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
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of samplingNames) {
    const field = names[name];
    if (field === undefined) continue;
    if (openSampling?.has(name) && sampling[name] === neutralSampling[name]) continue;
    const value = toWireValue(sampling[name]);
    if (value !== undefined) fields[field] = value;
  }
  return fields;
}

const samplingNames = Object.keys(neutralSampling) as SamplingName[];

function toWireValue(value: SamplingParameters[SamplingName]): unknown {
  if (typeof value === 'bigint') return new ExactNumber(String(value));
  if (typeof value !== 'object') return value;
  return value.size === 0 ? undefined : Object.fromEntries(value);
}
