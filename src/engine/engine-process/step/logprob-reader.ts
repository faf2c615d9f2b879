// Log-probabilities of the model, independent of the request's sampler.
//
// Two extra samplers read the same row of logits: one keeps the 20 best tokens, and one keeps all for the sum
// over the vocabulary. That takes 0.5 ms for 49,152 tokens. Getting everything from the first one, or the
// best tokens from the second one, would sort the vocabulary, which takes 3.7 ms.
import type { RankedToken, TokenLogprob } from '../../../backend/generation-event.ts';
import type { BoundModel, NativeContext, SlotSampler } from '../model/binding.ts';
import type { Vocabulary } from '../model/vocabulary.ts';

export interface LogprobReader {
  /**
   * The log-probabilities of `token` and of the `topCount` most likely tokens, 0 to 20. One call at a time.
   */
  read(logitIndex: number, token: number, topCount: number): Promise<TokenLogprob>;
}

/** Maximum alternatives per token. */
const topCountMax = 20;

export function createLogprobReader(
  bound: Pick<BoundModel, 'createSampler'>,
  context: Pick<NativeContext, 'sampleToken'>,
  vocabulary: Vocabulary,
): LogprobReader {
  // Each has memory for the whole vocabulary: made for the first request that asks.
  let samplers: { readonly best: SlotSampler; readonly all: SlotSampler } | undefined;
  return {
    read: async (logitIndex, token, topCount) => {
      samplers ??= createSamplers(bound);
      const [, , , best = []] = await context.sampleToken(
        logitIndex,
        samplers.best.native,
        false,
        false,
        [[], false, false, false, topCountMax],
        false,
      );
      const [, , , selected = [], totalWeight = 1] = await context.sampleToken(
        logitIndex,
        samplers.all.native,
        false,
        false,
        [[token], false, false, false, 0],
        true,
      );
      const [, highest = 0] = best;
      const [, own = Number.NEGATIVE_INFINITY] = selected;
      const offset = highest + Math.log(totalWeight);
      const toRanked = (id: number, logit: number) =>
        toRankedToken(vocabulary, id, Math.min(logit - offset, 0));
      return {
        ...toRanked(token, own),
        top: toPairs(best.slice(0, topCount * 2)).map(([id, logit]) => toRanked(id, logit)),
      };
    },
  };
}

function createSamplers(bound: Pick<BoundModel, 'createSampler'>) {
  const best = bound.createSampler();
  best.configure({ temperature: 1, seed: 0, topK: topCountMax });
  const all = bound.createSampler();
  all.configure({ temperature: 0, seed: 0 });
  return { best, all };
}

function toPairs(flat: readonly number[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? 0, flat[index + 1] ?? 0]);
  }
  return pairs;
}

function toRankedToken(vocabulary: Vocabulary, token: number, logprob: number): RankedToken {
  const bytes = vocabulary.tokenBytes(token);
  if (bytes.length === 0) {
    return { text: vocabulary.tokenText(token), bytes: undefined, logprob };
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { text, bytes: [...bytes], logprob };
}
