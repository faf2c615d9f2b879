/** Fields shown at the start of a line, or not at all. */
const framed = new Set(['level', 'time', 'msg', 'err']);

const levelWords: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info ',
  40: 'warn ',
  50: 'error',
  60: 'fatal',
};

/** Formats a JSON log line for a terminal: time, level, message, fields. */
export function toHumanLine(line: string): string {
  const record = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const { level, time, msg, err } = record;
  const at = new Date(String(time)).toTimeString().slice(0, 8);
  const fields = Object.entries(record).filter(([name]) => !framed.has(name));
  const texts = fields.map(([name, value]) => `${name}=${toFieldText(value)}`);
  const words = [at, levelWords[Number(level)] ?? String(level), toPlainText(String(msg ?? '')), ...texts];
  return `${words.join(' ')}\n${toErrorLines(err)}`;
}

/** A single word stays bare; other texts are quoted, with control characters escaped. */
function toFieldText(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=\p{Cc}\p{Cf}]+$/u.test(value)) return value;
  return toPlainText(JSON.stringify(value));
}

/** The stack contains the message and the place. Without a stack, show the message. */
function toErrorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { readonly stack?: unknown; readonly message?: unknown };
  const lines = String(stack ?? message).split('\n');
  return lines.map((line) => `  ${toPlainText(line.trim())}\n`).join('');
}

/**
 * A text may come from a client. On a terminal, none of its characters may move the cursor or change the text
 * direction.
 */
function toPlainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
