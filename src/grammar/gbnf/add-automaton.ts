import type { Automaton, AutomatonState } from '../automaton/automaton.ts';
import { type CodePointSet, hasCodePoint, intersect, subtract } from '../automaton/code-point-set.ts';
import type { GrammarWriter } from './grammar-writer.ts';
import { toCharacterClass } from './literal.ts';
import { surrogates } from './without-surrogates.ts';

/**
 * Prints a language as rules, one for each state: `s1 ::= [a-z] s2 | "\""`. The automaton is deterministic and every
 * reference comes last, so that llama.cpp follows it with one stack that never grows.
 */
export interface AutomatonForm {
  /** `json`: what the characters look like inside of a JSON string. `plain`: as they are. */
  readonly characters: 'json' | 'plain';
  /** GBNF that follows the text; '' is nothing. */
  readonly end: string;
}

export function addAutomaton(writer: GrammarWriter, automaton: Automaton, form: AutomatonForm): string {
  const names: (string | undefined)[] = [];
  const printing = { automaton, names, form, isOwnRule: findOwnRules(automaton) };
  const { order, isEnteredEarly } = toPostOrder(automaton);
  for (const index of order) {
    if (isEnteredEarly[index] === true) names[index] = writer.reserve();
  }
  for (const index of order) {
    const state = automaton.states[index];
    if (state === undefined || printing.isOwnRule[index] !== true) continue;
    const body = toBody(writer, state, printing);
    const reserved = names[index];
    // Rules that lie on no circle are shared with every other automaton that has the same.
    if (reserved === undefined) names[index] = writer.add(body);
    else writer.define(reserved, body);
  }
  return names[0] ?? '';
}

interface Printing {
  readonly automaton: Automaton;
  readonly names: readonly (string | undefined)[];
  readonly form: AutomatonForm;
  readonly isOwnRule: readonly boolean[];
}

/** A state with one incoming and one outgoing link needs no rule. */
function findOwnRules({ states }: Automaton): boolean[] {
  const arrivals = new Array<number>(states.length).fill(0);
  for (const { transitions } of states) {
    for (const { target } of transitions) {
      arrivals[target] = (arrivals[target] ?? 0) + 1;
    }
  }
  return states.map((state, index) => index === 0 || arrivals[index] !== 1 || !isLink(state));
}

function isLink({ isAccepting, transitions }: AutomatonState): boolean {
  return !isAccepting && transitions.length === 1;
}

/** States after all that they lead to, apart from those on a circle: these are entered before they are done. */
function toPostOrder({ states }: Automaton): { order: number[]; isEnteredEarly: boolean[] } {
  const order: number[] = [];
  const isEnteredEarly: boolean[] = [];
  const progress = new Uint8Array(states.length);
  const path: { index: number; next: number }[] = [{ index: 0, next: 0 }];
  progress[0] = 1;
  for (let place = path.at(-1); place !== undefined; place = path.at(-1)) {
    const target = states[place.index]?.transitions[place.next]?.target;
    place.next += 1;
    if (target === undefined) {
      progress[place.index] = 2;
      order.push(place.index);
      path.pop();
    } else if (progress[target] === 0) {
      progress[target] = 1;
      path.push({ index: target, next: 0 });
    } else if (progress[target] === 1) {
      isEnteredEarly[target] = true;
    }
  }
  return { order, isEnteredEarly };
}

function toBody(writer: GrammarWriter, state: AutomatonState, printing: Printing): string {
  const options: string[] = [];
  for (const { characters, target } of state.transitions) {
    const rest = followLinks(writer, target, printing);
    for (const option of toCharacters(writer, characters, printing.form)) {
      options.push(`${option} ${rest}`);
    }
  }
  // An empty option must be written out, because llama.cpp reads on after a last bar.
  if (state.isAccepting) options.push(printing.form.end === '' ? '""' : printing.form.end);
  return options.join(' | ');
}

/** The continuation after a character: the links up to the next state with a rule. */
function followLinks(writer: GrammarWriter, start: number, printing: Printing): string {
  const { automaton, names, form, isOwnRule } = printing;
  const parts: string[] = [];
  let index = start;
  for (;;) {
    const link = automaton.states[index]?.transitions[0];
    if (isOwnRule[index] === true || link === undefined) {
      parts.push(names[index] ?? '');
      return parts.join(' ');
    }
    const options = toCharacters(writer, link.characters, form);
    parts.push(options.length === 1 ? (options[0] ?? '') : `(${options.join(' | ')})`);
    index = link.target;
  }
}

function toCharacters(writer: GrammarWriter, set: CodePointSet, form: AutomatonForm): string[] {
  return form.characters === 'plain' ? [toClass(writer, set)] : toJsonCharacters(writer, set);
}

/** Minimum characters of a class with a separate rule, because long classes repeat. */
const ownClassLength = 24;

function toClass(writer: GrammarWriter, set: CodePointSet): string {
  const written = toCharacterClass(set);
  return written.length < ownClassLength ? written : writer.add(written);
}

const controls: CodePointSet = [0, 0x1f];
/** Quote, backslash and controls must be escaped. */
const escaped: CodePointSet = [0, 0x1f, 0x22, 0x22, 0x5c, 0x5c];
const shortEscapes: readonly (readonly [number, string])[] = [
  [0x22, '"'],
  [0x5c, '\\'],
  [0x08, 'b'],
  [0x0c, 'f'],
  [0x0a, 'n'],
  [0x0d, 'r'],
  [0x09, 't'],
];

/**
 * Each character in the one spelling that JSON.stringify gives it, so that two spellings never mean two names.
 * Without halves of surrogate pairs: see `withoutSurrogates`.
 */
function toJsonCharacters(writer: GrammarWriter, set: CodePointSet): string[] {
  const options: string[] = [];
  const plain = subtract(subtract(set, escaped), surrogates);
  if (plain.length > 0) options.push(toClass(writer, plain));
  const escapes = intersect(set, escaped);
  if (escapes.length > 0) options.push(`"\\\\" ${toEscapes(writer, escapes)}`);
  return options;
}

function toEscapes(writer: GrammarWriter, set: CodePointSet): string {
  if (set.length === escaped.length && set.every((bound, index) => bound === escaped[index])) {
    return writer.addNamed('every-escape', () => `["\\\\bfnrt] | "u00" [01] [0-9a-fA-F]`);
  }
  const options: string[] = [];
  const short = shortEscapes.filter(([codePoint]) => hasCodePoint(set, codePoint));
  if (short.length > 0) {
    options.push(toCharacterClass(toSet(short.map(([, letter]) => letter.charCodeAt(0)))));
  }
  const low = intersect(set, controls);
  if (low.length > 0) options.push(...toControlEscapes(low));
  return writer.add(options.join(' | '));
}

/** Controls that have no short form come as `u001f`; the whole set in one option. */
function toControlEscapes(set: CodePointSet): string[] {
  if (set.length === 2 && set[0] === 0 && set[1] === 0x1f) return ['"u00" [01] [0-9a-fA-F]'];
  const options: string[] = [];
  for (let codePoint = 0; codePoint <= 0x1f; codePoint += 1) {
    const isShort = shortEscapes.some(([other]) => other === codePoint);
    if (!isShort && hasCodePoint(set, codePoint)) {
      options.push(`"u00${codePoint.toString(16).padStart(2, '0')}"`);
    }
  }
  return options;
}

function toSet(codePoints: readonly number[]): CodePointSet {
  return [...codePoints].sort((a, b) => a - b).flatMap((codePoint) => [codePoint, codePoint]);
}
