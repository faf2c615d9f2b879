/**
 * Characters of the longest arguments of one forced call, where bounds of ours can hold them, in an answer of
 * `callTokens` or fewer. A small model at a high temperature writes as few as one and a half of them with a token, so
 * that two calls end.
 */
export const callCharactersMin = 720;
const callTokens = 1_024;

/**
 * The maximum, whatever the number of tokens. Grammars for more would still be small, but such calls don't
 * occur.
 */
export const callCharactersMost = 128 * callCharactersMin;

/**
 * The same for an answer with this many tokens: a share of them, rounded to powers of two, so that few
 * grammars per tool are cached. `maxTokens` comes from the client, `contextLength` from the model; undefined:
 * unknown. At most half of the context counts, because the prompt is also in it.
 */
export function toCallCharactersMax(
  maxTokens: number | undefined,
  contextLength: number | undefined,
): number {
  const tokens = Math.min(
    maxTokens ?? Number.POSITIVE_INFINITY,
    (contextLength ?? Number.POSITIVE_INFINITY) / 2,
  );
  if (tokens === Number.POSITIVE_INFINITY) return callCharactersMin;
  const steps = Math.floor(Math.log2(Math.max(tokens, callTokens) / callTokens));
  return Math.min(callCharactersMost, callCharactersMin * 2 ** steps);
}
