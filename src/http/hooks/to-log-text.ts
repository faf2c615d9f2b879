import { createSecretFilter } from '../../telemetry/hide-secrets.ts';

/** Characters of a client's text that a line of the log holds. */
const charactersMax = 200;

/** Most texts are so: short, and of visible ASCII characters. */
const plainText = new RegExp(`^[ -~]{0,${charactersMax}}$`);

/** Before the text is cut: of a key that the cut divides, the filter of the log would not find the rest. */
const { hide: hideKeys } = createSecretFilter();

/**
 * A text that a client chose, as a log may hold it: cut, and without characters that a terminal or a viewer of logs would
 * act on. JSON escapes only some of them.
 */
export function toLogText(text: string | undefined): string | undefined {
  if (text === undefined || plainText.test(text)) return text;
  const shown = hideKeys(text);
  const characters = [...shown.slice(0, charactersMax * 2)];
  const isCut = characters.length > charactersMax || shown.length > charactersMax * 2;
  const kept = characters.slice(0, charactersMax).map(escapeCharacter).join('');
  return isCut ? `${kept}…` : kept;
}

function escapeCharacter(character: string): string {
  if (!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
