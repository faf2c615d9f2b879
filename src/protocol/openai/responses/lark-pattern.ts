// A Lark grammar without recursion is one regular expression, which the calls can hold.
import { type LarkToken, readLarkTokens, UnknownLarkError } from './lark-tokens.ts';

type Rules = ReadonlyMap<string, readonly LarkToken[]>;

/** Rules within rules. */
const nestingMax = 100;

interface Expansion {
  readonly rules: Rules;
  readonly charactersMax: number;
  /** Of the rules that were expanded. */
  readonly patterns: Map<string, string>;
  /** The rules around this place. */
  readonly open: Set<string>;
}

/** Of Lark's own module `common`. */
const commonTerminals: Readonly<Record<string, string>> = {
  LF: '\\n',
  CR: '\\r',
  NEWLINE: '(?:\\r?\\n)+',
  WS: '[ \\t\\f\\r\\n]+',
  WS_INLINE: '[ \\t]+',
  DIGIT: '[0-9]',
  INT: '[0-9]+',
  SIGNED_INT: '[+\\-]?[0-9]+',
  HEXDIGIT: '[0-9a-fA-F]',
  LCASE_LETTER: '[a-z]',
  UCASE_LETTER: '[A-Z]',
  LETTER: '[a-zA-Z]',
  WORD: '[a-zA-Z]+',
  CNAME: '[a-zA-Z_][a-zA-Z0-9_]*',
};

/**
 * The expression of all texts of the grammar. Undefined if it is recursive, deeply nested, longer than `charactersMax`, or has something
 * of Lark that is not known here, such as `%ignore` or templates.
 */
export function toLarkPattern(grammar: string, charactersMax: number): string | undefined {
  if (grammar.length > charactersMax) return undefined;
  try {
    const rules = readRules(grammar);
    return expand('start', { rules, charactersMax, patterns: new Map(), open: new Set() });
  } catch (error) {
    if (error instanceof UnknownLarkError) return undefined;
    throw error;
  }
}

function readRules(grammar: string): Rules {
  const rules = new Map<string, readonly LarkToken[]>();
  for (const statement of splitStatements(grammar)) {
    const imported = /^%import\s+common\.([A-Z_]+)\s*$/.exec(statement)?.[1];
    const [head, name] = /^[?!]?([A-Za-z_][A-Za-z0-9_]*)(?:\.-?\d+)?\s*:/.exec(statement) ?? [];
    if (imported !== undefined && Object.hasOwn(commonTerminals, imported)) {
      rules.set(imported, [{ kind: 'pattern', text: commonTerminals[imported] ?? '' }]);
    } else if (head !== undefined && name !== undefined && !rules.has(name)) {
      rules.set(name, readLarkTokens(statement.slice(head.length)));
    } else {
      throw new UnknownLarkError(statement);
    }
  }
  return rules;
}

/** A line that begins with a space or `|` continues the one before. */
function splitStatements(grammar: string): string[] {
  const statements: string[] = [];
  for (const line of grammar.split('\n')) {
    if (/^\s*(?:\/\/.*)?$/.test(line)) continue;
    const last = statements.length - 1;
    if (last >= 0 && /^[\s|]/.test(line)) statements[last] += `\n${line}`;
    else statements.push(line);
  }
  return statements;
}

function expand(name: string, expansion: Expansion): string {
  const { rules, patterns, open, charactersMax } = expansion;
  const known = patterns.get(name);
  if (known !== undefined) return known;
  const tokens = rules.get(name);
  if (tokens === undefined || open.has(name) || open.size >= nestingMax) throw new UnknownLarkError(name);
  open.add(name);
  let length = 0;
  const parts = tokens.map((token) => {
    const part = toPart(token, expansion);
    length += part.length;
    if (length > charactersMax) throw new UnknownLarkError('The expression is too long.');
    return part;
  });
  open.delete(name);
  const pattern = `(?:${parts.join('')})`;
  patterns.set(name, pattern);
  return pattern;
}

/** Lark writes alternatives, groups and repetitions as expressions do; only what is optional has brackets. */
function toPart({ kind, text }: LarkToken, expansion: Expansion): string {
  if (kind === 'name') return expand(text, expansion);
  if (kind === 'pattern') return text;
  if (text === '[' || text === '(') return '(?:';
  return text === ']' ? ')?' : text;
}
