/** What stands in place of a secret. */
const hidden = '[secret]';

/** Shorter texts may be words that lines have anyway, and no key is that short. */
const secretCharactersMin = 8;

/** Keys of ours and of well-known services, bearer tokens, and passwords in URLs; whatever is behind the first part is hidden. */
const shapes = [
  /\bgx-[\w-]{40,}/,
  /\bsk-[\w-]{16,}/,
  /\bhf_\w{16,}/,
  /\bwhsec_[\w+/=]{16,}/,
  /(?<=\b[Bb]earer )[\w.~+/=-]{8,}/,
  /(?<=\b[a-z][a-z\d+.-]*:\/\/[^\s:/@"]*:)[^\s/@"]+(?=@)/,
].map(({ source }) => source);

/** @param secrets of this server, whatever their form */
export function createSecretFilter(secrets: readonly string[] = []): (line: string) => string {
  const own = secrets
    .filter(({ length }) => length >= secretCharactersMin)
    // The first that matches is taken: one that begins another one must not leave the rest of it.
    .toSorted((a, b) => b.length - a.length)
    // A line of JSON has them escaped.
    .map((secret) => escapePattern(JSON.stringify(secret).slice(1, -1)));
  const pattern = new RegExp([...own, ...shapes].join('|'), 'g');
  return (line) => line.replace(pattern, hidden);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
