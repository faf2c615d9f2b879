import { createStopSequenceMatcher } from './stop-sequence.ts';

/** Turns the bytes of generated tokens into the text that a client sees. */
export interface CompletionText {
  /** Bytes of one token; returns whole characters that may be shown now, and whether a stop sequence was met. */
  push(bytes: Uint8Array): { readonly text: string; readonly isStopped: boolean };
  /** Text held back for a stop sequence that did not come. Bytes of an unfinished character are dropped. */
  end(): string;
}

/** A character may span tokens: its bytes wait until it is whole. Bytes that are no UTF-8 become U+FFFD. */
export function createCompletionText(stop: readonly string[]): CompletionText {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const matcher = createStopSequenceMatcher(stop);
  return {
    push: (bytes) => {
      const { text, isMatch } = matcher.push(decoder.decode(bytes, { stream: true }));
      return { text, isStopped: isMatch };
    },
    end: () => matcher.flush(),
  };
}
