/** UTF-16 code units of an upstream's sentence that a client is shown. */
export const shownSentenceCharactersMax = 200;

/** UTF-16 code units of an upstream's sentence in our log. */
const loggedSentenceCharactersMax = 1_000;

const removed = '…';

/** Keys, and tokens that may be keys. */
const secretPattern =
  /\bBearer\s+\S+|\b(?:sk|pk|gsk|hf|xai|key|api)[-_][\w*.-]{6,}|\b(?=[\w-]*\d)[\w-]{32,}/gi;
const addressPattern =
  /\b[a-z][\w+.-]*:\/\/[^\s'"<>]+|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\[[\da-f:]{3,}\](?::\d+)?|\b(?:localhost|[\w-]+(?:\.[\w-]+)+):\d{2,5}\b/gi;
const pathPattern = /(?:\b[a-z]:)?(?:[\\/][\w.@+~-]+){2,}/gi;

/** An upstream's sentence without addresses, keys and paths, on one line, for clients. '': nothing is left of it. */
export function toShownSentence(message: string): string {
  const [line = ''] = message.split(/\n|Traceback \(most recent/);
  const cleaned = line
    .replace(addressPattern, removed)
    .replace(secretPattern, removed)
    .replace(pathPattern, removed)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return cut(cleaned, shownSentenceCharactersMax);
}

/** The same for the operator's log, which may have addresses and paths. */
export function toLoggedSentence(message: string): string {
  const cleaned = message
    .replace(secretPattern, removed)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return cut(cleaned, loggedSentenceCharactersMax);
}

/** UTF-16 code units of a word that a cut divides, which are removed. Of a longer word, enough stays for a pattern. */
const dividedWordCharactersMax = 512;

/**
 * The beginning of a text that is not clean yet, without the word that the cut divides: if that is a secret, no pattern
 * finds what is left of it.
 */
export function cutBetweenWords(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  let end = charactersMax - removed.length;
  const least = end - dividedWordCharactersMax;
  while (end > least && !/\s/.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end)}${removed}`;
}

function cut(text: string, charactersMax: number): string {
  return text.length <= charactersMax
    ? text
    : `${text.slice(0, charactersMax - removed.length).trimEnd()}${removed}`;
}
