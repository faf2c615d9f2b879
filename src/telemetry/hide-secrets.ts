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

/** Stands at the end of a text that was cut. */
const cutMark = '…';

/** Hides what looks like a secret, and the secrets that it knows, whatever their form. */
export interface SecretFilter {
  hide(line: string): string;
  /** Those that were known before stay hidden: they may still be valid. */
  learn(secrets: readonly string[]): void;
}

export function createSecretFilter(secrets: readonly string[] = []): SecretFilter {
  const known = new Set<string>();
  /** As lines have them. The first that matches is taken: one that begins another one must not leave the rest of it. */
  let escaped: readonly string[] = [];
  let pattern = toPattern(escaped);
  const learn = (more: readonly string[]) => {
    for (const secret of more) {
      known.delete(secret);
      if (secret.length >= secretCharactersMin) known.add(secret);
    }
    for (const oldest of [...known].slice(0, Math.max(0, known.size - secretsMax))) known.delete(oldest);
    escaped = [...known].toSorted((a, b) => b.length - a.length).map(toEscaped);
    pattern = toPattern(escaped);
  };
  learn(secrets);
  return { hide: (line) => hideCutSecrets(line.replace(pattern, hidden), escaped), learn };
}

/** A text may be cut before it comes here: hides what a cut left of a secret. Shorter beginnings may be words. */
function hideCutSecrets(line: string, secrets: readonly string[]): string {
  if (secrets.length === 0 || !line.includes(cutMark)) return line;
  const texts = line.split(cutMark);
  const last = texts.pop() ?? '';
  const cutTexts = texts.map((text) => {
    const left = Math.max(...secrets.map((secret) => countLeft(text, secret)));
    return left === 0 ? text : `${text.slice(0, -left)}${hidden}`;
  });
  return [...cutTexts, last].join(cutMark);
}

/** Characters of the secret's beginning at the end of the text; 0: too few to be one. */
function countLeft(text: string, secret: string): number {
  for (let count = Math.min(text.length, secret.length); count >= secretCharactersMin; count -= 1) {
    if (text.endsWith(secret.slice(0, count))) return count;
  }
  return 0;
}

function toPattern(secrets: readonly string[]): RegExp {
  return new RegExp([...secrets.map(escapePattern), ...shapes].join('|'), 'g');
}

/** As a line of JSON has it. */
function toEscaped(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
