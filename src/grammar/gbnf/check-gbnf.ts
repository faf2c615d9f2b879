// Checks that llama.cpp can process a grammar without harm to others.
//
// llama.cpp's grammar code is exact but has no time limits. Its check for left recursion walks every path of
// leading rules (doubling with every level of `a ::= b | b`), misses a recursion behind a rule that is empty
// through another rule (and then expands it endlessly), and keeps one stack for every alternative, each of
// which costs time at every token. So all of that is counted here first, in time that is linear in the text.
import { type GbnfRules, type GbnfSymbol, parseGbnf, terminal } from './parse-gbnf.ts';
import { UnsupportedSchemaError } from './unsupported-schema-error.ts';

/** Rules that begin with one another, one within the other. llama.cpp walks them by recursion. */
const leadingDepthMax = 2000;
/** Elements that llama.cpp looks at for left recursion: about 20 ms. */
const leadingStepsMax = 5_000_000;
/** Ways on from one place in a grammar; 0.2 ms each for a vocabulary of 49,000 tokens. */
const leadsMax = 500;

/**
 * The grammar's rules. `elementsMax`: of what llama.cpp holds of it. Throws an `UnsupportedSchemaError`, whose message is
 * a sentence for clients.
 */
export function checkGbnf(text: string, elementsMax?: number): GbnfRules {
  const grammar = parseGbnf(text, elementsMax);
  const empty = findEmptyRules(grammar);
  const leading = grammar.rules.map(({ alternates }) =>
    alternates.flatMap((alternate) => toLeading(alternate, empty)),
  );
  const order = sortByLeading(leading);
  checkLeadingSteps(grammar, leading, order);
  checkLeads(grammar, empty, order);
  return grammar;
}

/** Which rules match the empty text: those with an alternate of nothing but rules that do. */
function findEmptyRules({ rules }: GbnfRules): boolean[] {
  const empty = rules.map(() => false);
  /** The rules that have an alternate without characters in which a rule stands. */
  const usedBy = new Map<number, number[]>();
  const todo: number[] = [];
  for (const [id, { alternates }] of rules.entries()) {
    for (const alternate of alternates) {
      if (alternate.includes(terminal)) continue;
      if (alternate.length === 0) todo.push(id);
      for (const symbol of alternate) {
        const users = usedBy.get(symbol);
        if (users === undefined) usedBy.set(symbol, [id]);
        else users.push(id);
      }
    }
  }
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    if (empty[id] === true) continue;
    empty[id] = true;
    for (const user of usedBy.get(id) ?? []) {
      const isEmpty = rules[user]?.alternates.some((symbols) => symbols.every((symbol) => empty[symbol]));
      if (isEmpty === true) todo.push(user);
    }
  }
  return empty;
}

/** The rules with which an alternate may begin. */
function toLeading(alternate: readonly GbnfSymbol[], empty: readonly boolean[]): number[] {
  const end = alternate.findIndex((symbol) => !empty[symbol]);
  return alternate.slice(0, end === -1 ? alternate.length : end + 1).filter((symbol) => symbol !== terminal);
}

/**
 * Orders every rule after the rules that it starts with. A left-recursive rule has no place in such an order.
 */
function sortByLeading(leading: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const depth = new Int32Array(leading.length);
  const next = new Int32Array(leading.length);
  const [inProgress, done] = [-1, -2];
  for (const start of leading.keys()) {
    const path = depth[start] === 0 ? [start] : [];
    for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
      depth[id] = inProgress;
      const child = leading[id]?.[next[id] ?? 0];
      if (child === undefined) {
        depth[id] = done;
        order.push(id);
        path.pop();
        continue;
      }
      next[id] = (next[id] ?? 0) + 1;
      if (depth[child] === inProgress) {
        throw new UnsupportedSchemaError('', 'The grammar has a rule that begins with itself.');
      }
      if (depth[child] !== done) {
        path.push(child);
      }
      if (path.length > leadingDepthMax) {
        throw new UnsupportedSchemaError(
          '',
          `The grammar has rules that begin with one another more than ${leadingDepthMax} deep.`,
        );
      }
    }
  }
  return order;
}

/** llama.cpp walks from every rule that it has not met, and down the same way as often as it comes by. */
function checkLeadingSteps(
  { rules }: GbnfRules,
  leading: readonly (readonly number[])[],
  order: readonly number[],
): void {
  const steps = new Float64Array(rules.length);
  for (const id of order) {
    const below = leading[id]?.reduce((sum, child) => sum + (steps[child] ?? 0), 0) ?? 0;
    steps[id] = (rules[id]?.elements ?? 0) + below;
  }
  const isMet = new Uint8Array(rules.length);
  let total = 0;
  for (const start of rules.keys()) {
    if (isMet[start] === 1) {
      continue;
    }
    total += steps[start] ?? 0;
    const todo = [start];
    for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
      isMet[id] = 1;
      for (const child of leading[id] ?? []) {
        if (isMet[child] === 0) {
          todo.push(child);
        }
      }
    }
  }
  if (total > leadingStepsMax) {
    throw new UnsupportedSchemaError('', 'The grammar has too many rules that begin with one another.');
  }
}

/** Counts the ways on from every place where a text may be, its ends within outer rules left out. */
function checkLeads({ rules }: GbnfRules, empty: readonly boolean[], order: readonly number[]): void {
  const leads = new Float64Array(rules.length);
  for (const id of order) {
    leads[id] = sum(
      rules[id]?.alternates.map((alternate) => countLeads(alternate, leads, empty).atStart) ?? [],
    );
  }
  for (const [id, { alternates }] of rules.entries()) {
    for (const alternate of alternates) {
      if (Math.max(leads[id] ?? 0, countLeads(alternate, leads, empty).most) > leadsMax) {
        throw new UnsupportedSchemaError(
          '',
          `The grammar has a place with more than ${leadsMax} ways on. Alternatives with a common beginning can share it.`,
        );
      }
    }
  }
}

function countLeads(
  alternate: readonly GbnfSymbol[],
  leads: Float64Array,
  empty: readonly boolean[],
): { readonly atStart: number; readonly most: number } {
  let here = 1;
  let most = 0;
  for (let at = alternate.length - 1; at >= 0; at--) {
    const symbol = alternate[at] ?? terminal;
    const own = symbol === terminal ? 1 : (leads[symbol] ?? 0);
    here = own + (empty[symbol] ? here : 0);
    most = Math.max(most, here);
  }
  return { atStart: here, most };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
