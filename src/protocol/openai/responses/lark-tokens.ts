export interface LarkToken {
  /** `pattern`: an expression that matches by itself. `operator`: `|`, a bracket, or what repeats the part before it. */
  readonly kind: 'pattern' | 'name' | 'operator';
  readonly text: string;
}

/** A grammar with something of Lark that is not known here. */
export class UnknownLarkError extends Error {}

const unit =
  /\s+|\/\/[^\n]*|->\s*\w+|"(?<from>.)"\.\."(?<to>.)"|(?<string>"(?:[^"\\\n]|\\.)*")(?<insensitive>i?)|\/(?<expression>(?:[^/\\\n]|\\.)+)\/(?<flags>[a-z]*)|(?<name>[A-Za-z_]\w*)|~\s*(?<least>\d+)(?:\.\.(?<most>\d+))?|(?<operator>[|()[\]?*+])/y;

/** @throws {UnknownLarkError} */
export function readLarkTokens(text: string): LarkToken[] {
  const tokens: LarkToken[] = [];
  unit.lastIndex = 0;
  for (let at = 0; at < text.length; at = unit.lastIndex) {
    unit.lastIndex = at;
    const groups = unit.exec(text)?.groups;
    if (groups === undefined) throw new UnknownLarkError(text.slice(at));
    const token = toToken(groups);
    if (token !== undefined) tokens.push(token);
  }
  assertBalanced(tokens);
  return tokens;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

function assertBalanced(tokens: readonly LarkToken[]): void {
  const open: string[] = [];
  for (const { kind, text } of tokens) {
    const end = kind === 'operator' ? closing[text] : undefined;
    if (end !== undefined) open.push(end);
    else if (kind === 'operator' && /^[)\]]$/.test(text) && open.pop() !== text)
      throw new UnknownLarkError(text);
  }
  if (open.length > 0) throw new UnknownLarkError('An open bracket.');
}

/** Undefined for spaces, comments and the names of alternatives. */
function toToken(groups: Readonly<Record<string, string | undefined>>): LarkToken | undefined {
  const { from, to, string, insensitive, expression, flags, name, least, most, operator } = groups;
  if (insensitive === 'i' || (flags ?? '') !== '') throw new UnknownLarkError('A flag of an expression.');
  if (from !== undefined && to !== undefined)
    return toPattern(`[${escapeInClass(from)}-${escapeInClass(to)}]`);
  if (string !== undefined) return toPattern(`(?:${escapeText(toText(string))})`);
  if (expression !== undefined) return toPattern(`(?:${toReadable(expression)})`);
  if (name !== undefined) return { kind: 'name', text: name };
  if (least !== undefined)
    return { kind: 'operator', text: `{${least}${most === undefined ? '' : `,${most}`}}` };
  return operator === undefined ? undefined : { kind: 'operator', text: operator };
}

function toPattern(text: string): LarkToken {
  return { kind: 'pattern', text };
}

function toReadable(expression: string): string {
  try {
    new RegExp(expression);
    return expression;
  } catch {
    throw new UnknownLarkError(expression);
  }
}

function toText(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw new UnknownLarkError(literal);
  }
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function escapeInClass(character: string): string {
  return character === '-' ? '\\-' : escapeText(character);
}
