import type { Generation, SettledUsage } from '../../backend/generation.ts';
import type { GenerationEvent, StartedEvent } from '../../backend/generation-event.ts';
import type { GenerationRequest, SamplingParameters } from '../../backend/generation-request.ts';

/** A generation whose prompt was accepted. Read `rest` to its end, or return it. */
export interface Attempt {
  readonly started: StartedEvent;
  readonly rest: AsyncIterator<GenerationEvent>;
  /** As in `Generation`: what it has cost, once nothing of it is left. */
  readonly settled: Promise<SettledUsage>;
}

/** Waits until the prompt was accepted. What the backend refuses is thrown here. */
export async function beginAttempt({ events, settled }: Generation): Promise<Attempt> {
  const rest = events[Symbol.asyncIterator]();
  try {
    const first = await rest.next();
    if (first.done === true || first.value.type !== 'started') {
      throw new Error('The backend broke its contract: the first event must be `started`.');
    }
    return { started: first.value, rest, settled };
  } catch (error) {
    await rest.return?.();
    throw error;
  }
}

/** Least temperature of a further attempt: a greedy one would make the same answer again. */
export const retryTemperatureMin = 0.7;

/** Least nucleus of a further attempt, for the same reason. */
export const retryTopPMin = 0.9;

/** Least number of tokens that a further attempt draws from. */
export const retryTopKMin = 20;

/** The most that `minP` may leave out of a further attempt. */
export const retryMinPMax = 0.1;

/**
 * The same request for a further attempt, `attempt` 2 or more. A given seed moves by one each time, towards zero
 * so that it stays an integer: the same request still makes the same answers.
 */
export function varyAttempt(request: GenerationRequest, attempt: number): GenerationRequest {
  return { ...request, sampling: varySampling(request.sampling, attempt - 1) };
}

function varySampling(sampling: SamplingParameters, step: number): SamplingParameters {
  const { temperature, topP, topK, minP, seed, ...kept } = sampling;
  const { frequencyPenalty, presencePenalty, repetitionPenalty, logitBias, ...unhandled } = kept;
  unhandled satisfies Record<string, never>;
  return {
    ...kept,
    temperature: Math.max(temperature, retryTemperatureMin),
    topP: Math.max(topP, retryTopPMin),
    topK: topK === 0 ? 0 : Math.max(topK, retryTopKMin),
    minP: Math.min(minP, retryMinPMax),
    seed: moveSeed(seed, step),
  };
}

/** Towards zero, so that it stays an integer of its bits. */
function moveSeed(seed: SamplingParameters['seed'], step: number): SamplingParameters['seed'] {
  if (typeof seed === 'bigint') return seed > 0n ? seed - BigInt(step) : seed + BigInt(step);
  return seed === undefined ? undefined : seed > 0 ? seed - step : seed + step;
}
