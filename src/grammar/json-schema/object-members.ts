import { type Automaton, acceptsText, isEmptyAutomaton, isFiniteAutomaton } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { complementAutomaton, intersectAutomata, subtractAutomata } from '../automaton/combine-automata.ts';
import { textsToAutomaton } from '../automaton/texts-to-automaton.ts';
import { addAutomaton } from '../gbnf/add-automaton.ts';
import { addOtherNames, arePlainNames } from '../gbnf/add-other-names.ts';
import { anyNameRest, anyValue, space } from '../gbnf/json-rules.ts';
import { toLiteral } from '../gbnf/literal.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { withoutSurrogates } from '../gbnf/without-surrogates.ts';
import { nameLanguage } from './compile-name.ts';
import type { CompileRun } from './compile-run.ts';
import { bindName } from './compile-string.ts';
import type { ObjectFacts, ObjectGroup } from './facts.ts';
import { matchPattern } from './match-pattern.ts';
import type { SchemaNode } from './schema-document.ts';

/** The possible members of an object. Rules of members start after the opening quote of their name. */
export interface ObjectMembers {
  readonly declared: readonly DeclaredMember[];
  /** Any other members, as one rule; undefined: no others may come. */
  readonly others: string | undefined;
  /** Others come only where `minProperties` is more than there are declared members, and no more than it needs. */
  readonly areOthersCounted: boolean;
}

export interface DeclaredMember {
  readonly name: string;
  readonly rule: string;
  readonly isRequired: boolean;
}

/** Maximum declared members of an object, because each takes rules and a recursive call. */
const declaredMax = 1_000;

/** undefined: a required member can't be there, so there is no such object. */
export function collectMembers(run: CompileRun, facts: ObjectFacts): ObjectMembers | undefined {
  const names = new Set(facts.groups.flatMap(({ properties }) => [...properties.keys()]));
  for (const name of facts.required) names.add(name);
  if (names.size > declaredMax) {
    throw new UnsupportedSchemaError(
      '',
      `An object of the schema declares ${names.size} properties; no more than ${declaredMax} are supported.`,
    );
  }
  const allowedNames = nameLanguage(run, facts.names);
  if (allowedNames === 'none')
    return facts.required.length > 0
      ? undefined
      : { declared: [], others: undefined, areOthersCounted: false };
  const patterns = compilePatterns(run, facts.groups);
  const required = new Set(facts.required);
  const declared: DeclaredMember[] = [];
  for (const name of names) {
    run.spend(1);
    const isAllowed = allowedNames === 'any' || acceptsText(allowedNames, name);
    const rule = isAllowed ? compileValue(run, nodesFor(facts.groups, patterns, name)) : undefined;
    if (rule !== undefined) {
      const member = `${toLiteral(`${JSON.stringify(name).slice(1)}:`)} ${space(run.writer)} ${rule}`;
      declared.push({ name, rule: run.writer.add(member), isRequired: required.has(name) });
    } else if (required.has(name)) {
      return undefined;
    }
  }
  const admission = toAdmission(run, facts, declared.length, patterns);
  const others = compileOthers(run, facts.groups, { names, allowedNames, patterns, admission });
  return { declared, others, areOthersCounted: admission === 'counted' };
}

/** Whether members may come that neither a name nor a pattern declares; `counted`: as many as `minProperties` needs. */
type Admission = 'any' | 'counted' | 'none';

function toAdmission(
  run: CompileRun,
  { groups, minProperties }: ObjectFacts,
  declared: number,
  patterns: Patterns,
): Admission {
  if (run.limits.undeclaredMembers === 'allowed') return 'any';
  const areAsked = groups.some(({ additional }) => additional !== undefined && additional.schema !== false);
  const declaring = listDeclaringPatterns(groups, patterns);
  if (areAsked || (declared === 0 && declaring.length === 0)) return 'any';
  if (minProperties <= declared) return 'none';
  if (declaring.length === 0) return 'counted';
  // The names of a pattern may be fewer than are needed.
  return declaring.every(isFiniteAutomaton) ? 'any' : 'none';
}

/** Those whose names may come: with `false` as its schema a pattern only forbids names. */
function listDeclaringPatterns(groups: readonly ObjectGroup[], patterns: Patterns): Automaton[] {
  const sources = groups.flatMap((group) =>
    group.patterns.filter(({ node }) => node.schema !== false).map(({ source }) => source),
  );
  return [...patterns].filter(([source]) => sources.includes(source)).map(([, automaton]) => automaton);
}

function compileValue(run: CompileRun, nodes: readonly SchemaNode[]): string | undefined {
  return nodes.length === 0 ? anyValue(run.writer) : run.compile(nodes);
}

type Patterns = ReadonlyMap<string, Automaton>;

/** Names that a pattern of a group may match, by the pattern. One that can't be made is noted and left out. */
function compilePatterns(run: CompileRun, groups: readonly ObjectGroup[]): Patterns {
  const patterns = new Map<string, Automaton>();
  for (const { source, path } of groups.flatMap((group) => group.patterns)) {
    const automaton = matchPattern(run, { value: source, path });
    if (automaton !== undefined) patterns.set(source, automaton);
  }
  return patterns;
}

/** Every schema that applies to the member of this name. */
function nodesFor(groups: readonly ObjectGroup[], patterns: Patterns, name: string): SchemaNode[] {
  return groups.flatMap(({ properties, patterns: ofGroup, additional }) => {
    const nodes = ofGroup
      .filter(({ source }) => {
        const automaton = patterns.get(source);
        return automaton !== undefined && acceptsText(automaton, name);
      })
      .map(({ node }) => node);
    const own = properties.get(name);
    if (own !== undefined) nodes.unshift(own);
    return nodes.length > 0 || additional === undefined ? nodes : [additional];
  });
}

interface Others {
  readonly names: ReadonlySet<string>;
  readonly allowedNames: Automaton | 'any';
  readonly patterns: Patterns;
  readonly admission: Admission;
}

/** Names that share the schemas which apply to them. */
interface NameClass {
  /** undefined: every name. */
  readonly automaton: Automaton | undefined;
  readonly matched: ReadonlySet<string>;
}

/** Classes of names that patterns may split the others into. */
const nameClassesMax = 64;

/** One rule for all members whose names aren't declared; names are disjoint, so that a token has one reading. */
function compileOthers(
  run: CompileRun,
  groups: readonly ObjectGroup[],
  { names, allowedNames, patterns, admission }: Others,
): string | undefined {
  const isClosed = groups.some((group) => group.additional?.schema === false && group.patterns.length === 0);
  if (isClosed || (admission === 'none' && patterns.size === 0)) return undefined;
  if (patterns.size === 0 && allowedNames === 'any' && names.size > 0 && arePlainNames(names)) {
    const nodes = groups.flatMap(({ additional }) => additional ?? []);
    const rule = compileValue(run.items, nodes);
    run.spend(names.size);
    if (rule === undefined) return undefined;
    return run.writer.add(`${addOtherNames(run.writer, [...names])} ":" ${space(run.writer)} ${rule}`);
  }
  let undeclared = allowedNames === 'any' ? undefined : allowedNames;
  if (names.size > 0) {
    const declared = textsToAutomaton(names);
    run.spend(declared.states.length);
    undeclared =
      undeclared === undefined
        ? complementAutomaton(declared)
        : subtractAutomata(undeclared, declared, run.limits);
  }
  const options: string[] = [];
  for (const { automaton: whole, matched } of splitByPatterns(run, groups, undeclared, patterns)) {
    if (admission === 'none' && matched.size === 0) continue;
    const automaton = whole === undefined ? undefined : withoutSurrogates(whole, run.limits);
    const nodes = groups.flatMap((group) => {
      const own = group.patterns.filter(({ source }) => matched.has(source)).map(({ node }) => node);
      return own.length > 0 || group.additional === undefined ? own : [group.additional];
    });
    const rule = compileValue(run.items, nodes);
    if (rule === undefined || (automaton !== undefined && isEmptyAutomaton(automaton))) continue;
    const after = `":" ${space(run.writer)} ${rule}`;
    const name =
      automaton === undefined
        ? anyNameRest(run.writer)
        : addAutomaton(run.writer, bindName(run, automaton), { characters: 'json', end: '"\\""' });
    options.push(`${name} ${after}`);
  }
  return options.length === 0 ? undefined : run.writer.add(options.join(' | '));
}

function splitByPatterns(
  run: CompileRun,
  groups: readonly ObjectGroup[],
  undeclared: Automaton | undefined,
  patterns: Patterns,
): NameClass[] {
  let classes: NameClass[] = [{ automaton: undeclared, matched: new Set() }];
  for (const [source, pattern] of patterns) {
    const path = groups.flatMap((group) => group.patterns).find((own) => own.source === source)?.path ?? '';
    if (classes.length * 2 > nameClassesMax) {
      run.note(path, 'too many patterns for the names of one object');
      continue;
    }
    try {
      classes = classes.flatMap((names) => split(run, names, source, pattern));
    } catch (error) {
      if (!(error instanceof AutomatonTooLargeError)) throw error;
      run.note(path, 'together with the other names it is too large');
    }
  }
  return classes;
}

function split(
  run: CompileRun,
  { automaton, matched }: NameClass,
  source: string,
  pattern: Automaton,
): NameClass[] {
  run.spend(pattern.states.length + (automaton?.states.length ?? 0));
  const inside = automaton === undefined ? pattern : intersectAutomata(automaton, pattern, run.limits);
  const outside =
    automaton === undefined ? complementAutomaton(pattern) : subtractAutomata(automaton, pattern, run.limits);
  const classes: NameClass[] = [];
  if (!isEmptyAutomaton(inside)) classes.push({ automaton: inside, matched: new Set([...matched, source]) });
  if (!isEmptyAutomaton(outside)) classes.push({ automaton: outside, matched });
  return classes;
}
