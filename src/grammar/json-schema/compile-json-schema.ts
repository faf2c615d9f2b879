import {
  isArray,
  isNumber,
  isObject,
  type JsonType,
  type JsonValue,
  jsonTypes,
  toValueKey,
  typeOf,
} from '../../json/json-value.ts';
import { writeJson } from '../../json/write-json.ts';
import type { Automaton } from '../automaton/automaton.ts';
import { AutomatonTooLargeError } from '../automaton/automaton-limits.ts';
import { textsToAutomaton } from '../automaton/texts-to-automaton.ts';
import type { CompiledGrammar, SchemaNote } from '../compiled-grammar.ts';
import { addAutomaton } from '../gbnf/add-automaton.ts';
import { createGrammarWriter, type GrammarWriter } from '../gbnf/grammar-writer.ts';
import { anyValue } from '../gbnf/json-rules.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { compileArray } from './compile-array.ts';
import { toValueLiteral } from './compile-literal.ts';
import { compileNumber, isNumberAllowed } from './compile-number.ts';
import { compileObject } from './compile-object.ts';
import { type CompileLimits, type CompileRun, compileLimitsDefault, createBudget } from './compile-run.ts';
import { compileString } from './compile-string.ts';
import { explainNoValue } from './explain-no-value.ts';
import type { Facts } from './facts.ts';
import { gatherFacts } from './gather-facts.ts';
import { openSchemaDocument, type SchemaDocument, type SchemaNode } from './schema-document.ts';

// JSON Schema to GBNF, in three steps for each value: every schema that applies to it is taken apart into
// alternatives of plain facts (gather-facts.ts), each type's facts become a rule (compile-*.ts), and the schemas of
// its members and items are compiled the same way, once for each set of schemas. Where a keyword is more than a
// grammar can say, the grammar lets more through and the keyword is noted, never the other way round without reason.

/**
 * Compiles a schema, as JSON.parse gives it.
 *
 * Throws `UnsupportedSchemaError` for a reference that leads nowhere, for a schema that no value satisfies, and for
 * one that is larger than `limits`.
 */
export function compileJsonSchema(
  schema: unknown,
  limits: CompileLimits = compileLimitsDefault,
): CompiledGrammar {
  const document = openSchemaDocument(schema);
  return compileSchemaPart(document, document.root, limits);
}

/** The same for one schema of a document. */
export function compileSchemaPart(
  document: SchemaDocument,
  start: SchemaNode,
  limits: CompileLimits,
): CompiledGrammar {
  const refused = new Set<string>();
  for (let attempts = 0; attempts < attemptsMax; attempts += 1) {
    const [rules, itemRules] = [toRules(refused), toRules(refused)];
    const run = createRun(document, createGrammarWriter(limits), limits, { rules, itemRules });
    const root = compileRoot(run, start);
    if (root === undefined) {
      throw toNoValueError(run);
    }
    const endless = findEndlessNodes(run, [...rules, ...itemRules]);
    if (endless.length === 0) return { gbnf: run.writer.print(root), checkedAfterwards: run.notes };
    for (const key of endless) refused.add(key);
  }
  throw new UnsupportedSchemaError('', 'The schema refers to itself in a way that no value ends.');
}

function toNoValueError({ refusals }: CompileRun): UnsupportedSchemaError {
  const { path = '', message = 'its keywords exclude each other' } = refusals.at(-1) ?? {};
  const place = path === '' ? 'this schema' : `'${path}' in this schema`;
  return new UnsupportedSchemaError(path, `No value satisfies ${place}: ${message}.`);
}

/** Each attempt leaves out schemas that the one before has shown to have no value. */
const attemptsMax = 10;

function toRules(refused: Iterable<string>): Map<string, NodeRule> {
  return new Map([...refused].map((key) => [key, { ...noRule }]));
}

/** Schemas that demand themselves of a part of each value, so that no value is finite. */
function findEndlessNodes({ writer }: CompileRun, rules: readonly [string, NodeRule][]): string[] {
  const recursive = rules.filter(([, { isUsedInside }]) => isUsedInside);
  if (recursive.length === 0) return [];
  const endless = writer.findEndless();
  return recursive.flatMap(([key, { name }]) => (name !== undefined && endless.has(name) ? [key] : []));
}

function compileRoot(run: CompileRun, start: SchemaNode): string | undefined {
  try {
    const { rootType } = run.limits;
    if (rootType === undefined) return run.compile([start]);
    return run.compile([start, run.document.derive(start, 'root type', () => ({ type: rootType }))]);
  } catch (error) {
    if (!(error instanceof AutomatonTooLargeError)) throw error;
    throw new UnsupportedSchemaError('', `The schema is too complex: ${error.message}`);
  }
}

function createRun(
  document: SchemaDocument,
  writer: GrammarWriter,
  limits: CompileLimits,
  { rules, itemRules }: RunRules,
): CompileRun {
  const notes = new Map<string, SchemaNote>();
  const refusals: SchemaNote[] = [];
  const automata = new Map<string, Automaton | undefined>();
  const spend = createBudget(limits.stepsMax);
  const createWith = (ownWriter: GrammarWriter, ownRules: Map<string, NodeRule>, items?: CompileRun) => {
    const run: CompileRun = {
      document,
      writer: ownWriter,
      limits: { ...limits, bounds: ownWriter.bounds },
      get items() {
        return items ?? run;
      },
      spend,
      note: (path, message) => {
        if (!notes.has(path)) notes.set(path, { path, message });
      },
      get notes() {
        return [...notes.values()];
      },
      refuse: (path, message) => refusals.push({ path, message }),
      refusals,
      automaton: (key, make) => {
        if (!automata.has(key)) automata.set(key, make());
        return automata.get(key);
      },
      compile: (nodes) => compileNodes(run, nodes, ownRules),
    };
    return run;
  };
  const hasItemBounds = limits.bounds?.itemCharactersMax !== undefined;
  return createWith(writer, rules, hasItemBounds ? createWith(writer.items, itemRules) : undefined);
}

/** By the numbers of their schemas. Rules for array items are separate if their bounds differ. */
interface RunRules {
  readonly rules: Map<string, NodeRule>;
  readonly itemRules: Map<string, NodeRule>;
}

/** The compiled form of a set of schemas. */
interface NodeRule {
  /** undefined: no value satisfies them. */
  name: string | undefined;
  isDone: boolean;
  /** While it was being compiled, its name was already used inside of it. */
  isUsedInside: boolean;
  /** Why there is no value. */
  refusal?: SchemaNote | undefined;
}

const endlessReason = 'it demands itself of a part of each value, which then never ends';

const noRule: NodeRule = { name: undefined, isDone: true, isUsedInside: false };

function compileNodes(
  run: CompileRun,
  nodes: readonly SchemaNode[],
  rules: Map<string, NodeRule>,
): string | undefined {
  const telling = nodes.filter(({ schema }) => schema !== true);
  const never = telling.find(({ schema }) => schema === false);
  if (never !== undefined) {
    run.refuse(never.path, 'its schema is false');
    return undefined;
  }
  if (telling.length === 0) return anyValue(run.writer);
  const key = [...new Set(telling.map(({ id }) => id))].sort((one, other) => one - other).join(',');
  const known = rules.get(key);
  if (known !== undefined) {
    if (!known.isDone) known.isUsedInside = true;
    if (known.name === undefined) {
      const { path, message } = known.refusal ?? { path: telling[0]?.path ?? '', message: endlessReason };
      run.refuse(path, message);
    }
    return known.name;
  }
  // Reserved first, because a schema may contain itself.
  const name = run.writer.reserve();
  const rule: NodeRule = { name, isDone: false, isUsedInside: false };
  rules.set(key, rule);
  run.spend(5);
  const refusedBefore = run.refusals.length;
  const alternatives = gatherFacts(run, telling);
  const options = [...new Set(alternatives.flatMap((facts) => compileFacts(run, facts)))];
  rule.isDone = true;
  if (options.length === 0) {
    const [facts] = alternatives;
    const isReported = run.refusals.length > refusedBefore || facts === undefined;
    rule.refusal = isReported ? run.refusals.at(-1) : explainNoValue(facts, telling[0]?.path ?? '');
    if (!isReported && rule.refusal !== undefined) run.refuse(rule.refusal.path, rule.refusal.message);
    // A rule that never ends, which the next attempt leaves out where it was used.
    if (rule.isUsedInside) run.writer.define(name, name);
    else rule.name = undefined;
  } else if (rule.isUsedInside) {
    run.writer.define(name, options.join(' | '));
  } else {
    const [only = ''] = options;
    rule.name = options.length === 1 && /^[\w-]+$/.test(only) ? only : run.writer.add(options.join(' | '));
  }
  return options.length === 0 ? undefined : rule.name;
}

/** The ways to write a value of which these facts are true. */
function compileFacts(run: CompileRun, facts: Facts): string[] {
  if (isFree(facts)) return [anyValue(run.writer)];
  return jsonTypes.filter((type) => facts.types.has(type)).flatMap((type) => compileType(run, facts, type));
}

function isFree({ types, values, refusedValues, number, string, array, object }: Facts): boolean {
  return (
    types.size === jsonTypes.length &&
    values === undefined &&
    refusedValues.length === 0 &&
    !number.isInteger &&
    number.lower === undefined &&
    number.upper === undefined &&
    number.multiples.length === 0 &&
    !number.refusesIntegers &&
    number.refusedMultiples.length === 0 &&
    string.minLength === 0 &&
    string.maxLength === Number.POSITIVE_INFINITY &&
    string.patterns.length === 0 &&
    string.formats.length === 0 &&
    array.groups.length === 0 &&
    array.contains.length === 0 &&
    array.minItems === 0 &&
    array.maxItems === Number.POSITIVE_INFINITY &&
    object.groups.length === 0 &&
    object.required.length === 0 &&
    object.names.length === 0 &&
    object.minProperties === 0 &&
    object.maxProperties === Number.POSITIVE_INFINITY
  );
}

function compileType(run: CompileRun, facts: Facts, type: JsonType): string[] {
  if (type === 'string') return toList(compileString(run, facts));
  if (facts.values !== undefined) return compileValues(run, facts, type, facts.values);
  switch (type) {
    case 'null':
    case 'boolean':
      return compileConstants(facts, type);
    case 'number':
      return toList(compileNumber(run, facts));
    case 'array':
      noteRefused(run, facts, type);
      return toList(compileArray(run, facts.array));
    case 'object':
      noteRefused(run, facts, type);
      return toList(compileObject(run, facts.object));
  }
}

function toList(rule: string | undefined): string[] {
  return rule === undefined ? [] : [rule];
}

function compileConstants({ refusedValues }: Facts, type: 'null' | 'boolean'): string[] {
  const all = type === 'null' ? [null] : [true, false];
  return all
    .filter((value) => !refusedValues.some((refused) => refused.value === value))
    .map((value) => `"${value}"`);
}

function noteRefused(run: CompileRun, { refusedValues }: Facts, type: JsonType): void {
  for (const { value, path } of refusedValues) {
    if (typeOf(value) === type) run.note(path, 'a whole array or object is refused');
  }
}

/** The values of an `enum` of this type. Strings have a separate automaton. */
function compileValues(
  run: CompileRun,
  facts: Facts,
  type: JsonType,
  values: readonly JsonValue[],
): string[] {
  const refused = new Set(facts.refusedValues.map(({ value }) => toValueKey(value)));
  const own = values.filter((value) => typeOf(value) === type && !refused.has(toValueKey(value)));
  if (own.length === 0) return [];
  if (type === 'number') {
    const allowed = own.filter((value) => isNumber(value) && isNumberAllowed(value, facts.number));
    if (allowed.length === 0) return [];
    const texts = textsToAutomaton(allowed.map(writeJson));
    return [addAutomaton(run.writer, texts, { characters: 'plain', end: '' })];
  }
  const { array, object } = facts;
  const isBesideSchemas =
    (type === 'array' && (array.groups.length > 0 || array.contains.length > 0)) ||
    (type === 'object' && (object.groups.length > 0 || object.names.length > 0));
  if (isBesideSchemas) run.note(facts.valuesPath, 'its arrays and objects are combined with other keywords');
  return own.filter((value) => hasAllowedCount(value, facts)).map((value) => toValueLiteral(run, value));
}

function hasAllowedCount(value: JsonValue, { array, object }: Facts): boolean {
  if (isArray(value)) return value.length >= array.minItems && value.length <= array.maxItems;
  if (!isObject(value)) return true;
  const names = Object.keys(value);
  const areRequiredThere = object.required.every((name) => Object.hasOwn(value, name));
  return areRequiredThere && names.length >= object.minProperties && names.length <= object.maxProperties;
}
