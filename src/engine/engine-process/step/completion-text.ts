import type { TokenLogprob } from '../../../backend/generation-event.ts';
import { createStopSequenceMatcher } from './stop-sequence.ts';

/** Turns the bytes of generated tokens into the text that a client sees. */
export interface CompletionText {
  /** Bytes of one token, and its log-probability where that is wanted. */
  push(bytes: Uint8Array, logprob?: TokenLogprob): ShownText & StopMatch;
  /** Drops the bytes of an unfinished character, because its other bytes will not come. */
  dropUnfinished(): void;
  /** Releases text that was held back for a stop sequence. Bytes of an incomplete character are dropped. */
  end(): ShownText;
}

/** Whole characters that can be shown now, and the records of the tokens in which they start. */
export interface ShownText {
  readonly text: string;
  /** Empty wherever the text is. */
  readonly logprobs: readonly TokenLogprob[];
}

/** The stop sequence that ends the completion; undefined: none was met. */
export interface StopMatch {
  readonly stopSequence: string | undefined;
}

/** A token's log-probability goes out as soon as any of its text does. */
interface HeldLogprob {
  /** Where in the text the token begins, in UTF-16 code units: of a part of a character, where that begins. */
  readonly start: number;
  readonly logprob: TokenLogprob;
}

/**
 * A character may span tokens: its bytes wait until it is whole. Bytes that are no UTF-8 become U+FFFD. In the first
 * `freeTokens` tokens stop sequences do not count.
 */
export function createCompletionText(stop: readonly string[], freeTokens = 0): CompletionText {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const free = createStopSequenceMatcher([]);
  const matcher = createStopSequenceMatcher(stop);
  let tokens = 0;
  const held: HeldLogprob[] = [];
  let decodedLength = 0;
  let shownLength = 0;
  const show = (text: string): ShownText => {
    shownLength += text.length;
    const later = held.findIndex(({ start }) => start >= shownLength);
    const shown = held.splice(0, later < 0 ? held.length : later);
    return { text, logprobs: shown.map(({ logprob }) => logprob) };
  };
  return {
    push: (bytes, logprob) => {
      if (logprob !== undefined) {
        held.push({ start: decodedLength, logprob });
      }
      const decoded = decoder.decode(bytes, { stream: true });
      decodedLength += decoded.length;
      tokens += 1;
      const { text, match } = (tokens <= freeTokens ? free : matcher).push(decoded);
      return { ...show(text), stopSequence: match };
    },
    dropUnfinished: () => {
      decoder.decode();
    },
    end: () => show(matcher.flush()),
  };
}
