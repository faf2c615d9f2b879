import type { Vocabulary } from '../model/vocabulary.ts';

/** Control tokens that a model writes as part of its calls or around its reasoning. */
export interface MarkerTokens {
  /** The text of each token, for the parsers of calls and reasoning. */
  readonly bytes: ReadonlyMap<number, Uint8Array>;
  /** Tokens without text that are not among them: never drawn within a grammar. */
  readonly refused: Uint32Array;
}

/** Other control tokens have no text. Only the ones in one of `texts` get theirs. */
export function createMarkerTokens(
  {
    controlTokens,
    silentTokens,
    isEndToken,
  }: Pick<Vocabulary, 'controlTokens' | 'silentTokens' | 'isEndToken'>,
  texts: readonly string[],
): MarkerTokens {
  const encoder = new TextEncoder();
  const bytes = new Map(
    controlTokens
      .filter(({ id, text }) => !isEndToken(id) && texts.some((marker) => marker.includes(text)))
      .map(({ id, text }) => [id, encoder.encode(text)]),
  );
  return { bytes, refused: silentTokens.filter((token) => !bytes.has(token)) };
}
