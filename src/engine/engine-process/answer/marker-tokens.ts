import type { Vocabulary } from '../model/vocabulary.ts';

/** Control tokens that a model writes as part of its calls or around its thoughts. */
export interface MarkerTokens {
  /** What each adds to the text that calls and thoughts are read from. */
  readonly bytes: ReadonlyMap<number, Uint8Array>;
  /** Tokens without text that are not among them: never drawn within a grammar. */
  readonly refused: Uint32Array;
}

/** Everywhere else a control token has no text: only those that are in one of `texts` get theirs. */
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
