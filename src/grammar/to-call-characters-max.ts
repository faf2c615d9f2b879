/**
 * Characters of the longest arguments of one forced call, where bounds of ours can hold them, in an answer of
 * `callTokens` or fewer. A small model at a high temperature writes as few as one and a half of them with a token, so
 * that two calls end.
 */
export const callCharactersMin = 720;
const callTokens = 1_024;

/** However many tokens there are: grammars for more would still be small, but nobody writes such a call. */
export const callCharactersMost = 128 * callCharactersMin;

/**
 * The same for an answer of so many tokens: its share of them, in steps of powers of two, so that few grammars of one
 * tool are kept. `maxTokens` is the client's, `contextLength` the model's; undefined: not known. Never of more than half
 * of the context, for the prompt is also in there.
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
