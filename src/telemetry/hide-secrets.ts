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

/** Secrets that are known at the same time; beyond, the oldest are forgotten. A reload may bring new ones each time. */
const secretsMax = 1024;

/** Hides what looks like a secret, and the secrets that it knows, whatever their form. */
export interface SecretFilter {
  hide(line: string): string;
  /** Those that were known before stay hidden: they may still be valid. */
  learn(secrets: readonly string[]): void;
}

export function createSecretFilter(secrets: readonly string[] = []): SecretFilter {
  const known = new Set<string>();
  let pattern = toPattern(known);
  const learn = (more: readonly string[]) => {
    for (const secret of more) {
      known.delete(secret);
      if (secret.length >= secretCharactersMin) known.add(secret);
    }
    for (const oldest of [...known].slice(0, Math.max(0, known.size - secretsMax))) known.delete(oldest);
    pattern = toPattern(known);
  };
  learn(secrets);
  return { hide: (line) => line.replace(pattern, hidden), learn };
}

function toPattern(secrets: ReadonlySet<string>): RegExp {
  const own = [...secrets]
    // The first that matches is taken: one that begins another one must not leave the rest of it.
    .toSorted((a, b) => b.length - a.length)
    // A line of JSON has them escaped.
    .map((secret) => escapePattern(JSON.stringify(secret).slice(1, -1)));
  return new RegExp([...own, ...shapes].join('|'), 'g');
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
