import type { JsonValue } from '../../json/json-value.ts';
import { type Automaton, isEmptyAutomaton, isFiniteAutomaton } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { complementAutomaton, intersectAutomata } from '../automaton/combine-automata.ts';
import { lengthBoundedAutomaton } from '../automaton/length-bounded-automaton.ts';
import { textsToAutomaton } from '../automaton/texts-to-automaton.ts';
import { addAutomaton } from '../gbnf/add-automaton.ts';
import { anyString, countedCharacter } from '../gbnf/json-rules.ts';
import { repeatRule, repeatUpTo } from '../gbnf/repeat-rule.ts';
import { withoutSurrogates } from '../gbnf/without-surrogates.ts';
import { toFormatLikePattern } from '../regular-expression/format-like-patterns.ts';
import { formatToAutomaton } from '../regular-expression/formats.ts';
import { fullPatternToAutomaton } from '../regular-expression/pattern-to-automaton.ts';
import type { CompileRun } from './compile-run.ts';
import type { Facts, StringFacts } from './facts.ts';
import { matchPattern } from './match-pattern.ts';

/** A rule for the strings that the facts allow, including quotes. Undefined if there are none. */
export function compileString(run: CompileRun, facts: Facts): string | undefined {
  const language = toLanguage(run, facts);
  if (language === 'any') return compileLength(run, facts.string);
  if (language === 'none') return undefined;
  return addStringAutomaton(run, bindFreeText(run, language));
}

function addStringAutomaton(run: CompileRun, automaton: Automaton): string {
  const content = addAutomaton(run.writer, automaton, { characters: 'json', end: '"\\""' });
  return run.writer.add(`"\\"" ${content}`);
}

/** The strings that satisfy everything but a length alone: `any` when nothing else was asked for. */
export function toLanguage(
  run: CompileRun,
  { string, values, refusedValues }: Facts,
): Automaton | 'any' | 'none' {
  const { minLength, maxLength, lengthPath } = string;
  if (minLength > maxLength) return 'none';
  let language = values === undefined ? undefined : textsToAutomaton(values.filter(isText));
  const join = (path: string, next: Automaton | undefined) => {
    if (next === undefined) return;
    language = language === undefined ? next : intersect(run, path, language, next);
  };
  for (const { value, path, isRefused } of string.patterns) {
    const matching = matchPattern(run, { value, path });
    join(path, matching !== undefined && isRefused ? complementAutomaton(matching) : matching);
  }
  for (const { value, path, isRefused } of string.formats) {
    join(path, isRefused ? notOfFormat(run, value) : ofFormat(run, value));
  }
  const refused = refusedValues.filter(({ value }) => isText(value));
  if (refused.length > 0) {
    const texts = refused.map(({ value }) => value).filter(isText);
    join(refused[0]?.path ?? '', complementAutomaton(textsToAutomaton(texts)));
  }
  if (language === undefined) return 'any';
  if (minLength > 0 || maxLength !== Number.POSITIVE_INFINITY) {
    language = bindLength(run, language, string, lengthPath);
  }
  language = withoutSurrogates(language, run.limits);
  return isEmptyAutomaton(language) ? 'none' : language;
}

function ofFormat(run: CompileRun, name: string): Automaton | undefined {
  return run.automaton(`format ${name}`, () => formatToAutomaton(name, run.limits));
}

/** Texts that certainly don't have the format. */
function notOfFormat(run: CompileRun, name: string): Automaton | undefined {
  const likePattern = toFormatLikePattern(name);
  if (likePattern === undefined) return undefined;
  return run.automaton(`no format ${name}`, () =>
    complementAutomaton(fullPatternToAutomaton(likePattern, run.limits)),
  );
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string';
}

function intersect(run: CompileRun, path: string, one: Automaton, other: Automaton): Automaton {
  try {
    run.spend(one.states.length + other.states.length);
    return intersectAutomata(one, other, run.limits);
  } catch (error) {
    if (!(error instanceof AutomatonTooLargeError)) throw error;
    run.note(path, 'together with the other keywords it is too large');
    return one;
  }
}

/** Maximum length that is counted state by state together with a pattern. */
const countedLengthMax = 1_000;

function bindLength(run: CompileRun, language: Automaton, facts: StringFacts, path: string): Automaton {
  const { minLength, maxLength } = facts;
  if (minLength > countedLengthMax) {
    run.note(path, `a length above ${countedLengthMax} with a pattern`);
    return language;
  }
  const isMaxCounted = maxLength <= countedLengthMax;
  if (!isMaxCounted && maxLength !== Number.POSITIVE_INFINITY) {
    run.note(path, `a length above ${countedLengthMax} with a pattern`);
  }
  const lengths = lengthBoundedAutomaton(minLength, isMaxCounted ? maxLength : Number.POSITIVE_INFINITY);
  const counted = intersect(run, path, language, lengths);
  const bound = toLengthBound(run);
  if (bound === undefined || !isMaxCounted || maxLength <= bound) return counted;
  // Which no text may satisfy.
  const bounded = intersect(run, path, counted, lengthBoundedAutomaton(0, bound));
  return isEmptyAutomaton(bounded) ? counted : bounded;
}

/** Characters up to which a length is kept that the schema declares; undefined: each. */
function toLengthBound({ limits: { bounds } }: CompileRun): number | undefined {
  return bounds && Math.max(bounds.stringCharactersMax, bounds.keptCharactersMax);
}

/** Characters that a grammar counts; a longer limit is one that no completion reaches. */
const lengthMax = 20_000;

/** States that the length of a text without end may multiply to. */
const boundStatesMax = 1_500;

/** Shorter than this a text would hardly say anything: it's then left without a bound. */
const boundLengthMin = 20;

function bindFreeText(run: CompileRun, language: Automaton): Automaton {
  const { bounds } = run.limits;
  return bindText(
    run,
    language,
    bounds && Math.min(bounds.stringCharactersMax, bounds.patternedCharactersMax),
  );
}

/** The texts of a member's name that are short enough, where it could be of any length. */
export function bindName(run: CompileRun, language: Automaton): Automaton {
  return bindText(run, language, run.limits.bounds?.nameCharactersMax);
}

function bindText(run: CompileRun, language: Automaton, charactersMax: number | undefined): Automaton {
  const isUnbound = run.limits.bounds?.patternedCharactersMax === Number.POSITIVE_INFINITY;
  if (isUnbound || charactersMax === undefined || isFiniteAutomaton(language)) return language;
  const length = Math.min(charactersMax, Math.floor(boundStatesMax / language.states.length));
  if (length < boundLengthMin) return language;
  const bound = intersectAutomata(language, lengthBoundedAutomaton(0, length), run.limits);
  return isEmptyAutomaton(bound) ? language : bound;
}

function compileLength(run: CompileRun, facts: StringFacts): string {
  const { writer } = run;
  const { minLength, lengthPath } = facts;
  const isOpen = facts.maxLength === Number.POSITIVE_INFINITY;
  const bound = isOpen ? run.limits.bounds?.stringCharactersMax : toLengthBound(run);
  if (bound !== undefined && facts.maxLength > bound && minLength <= lengthMax) {
    const character = countedCharacter(writer);
    const least = minLength > 0 ? `${repeatRule(character, minLength, minLength)} ` : '';
    const more = bound > minLength ? `${repeatUpTo(writer, character, bound - minLength)} ` : '';
    return writer.add(`"\\"" ${least}${more}"\\""`);
  }
  const { maxLength } = facts;
  if (minLength === 0 && maxLength === Number.POSITIVE_INFINITY) return anyString(writer);
  if (minLength > lengthMax || (maxLength > lengthMax && maxLength !== Number.POSITIVE_INFINITY)) {
    run.note(lengthPath, `a length above ${lengthMax}`);
  }
  const min = Math.min(minLength, lengthMax);
  const max = maxLength > lengthMax ? Number.POSITIVE_INFINITY : maxLength;
  return writer.add(`"\\"" ${repeatRule(countedCharacter(writer), min, max)} "\\""`);
}
