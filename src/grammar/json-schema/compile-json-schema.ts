import type { Automaton } from '../automaton/automaton.ts';
import { textsToAutomaton } from '../automaton/texts-to-automaton.ts';
import type { CompiledGrammar, SchemaNote } from '../compiled-grammar.ts';
import { addAutomaton } from '../gbnf/add-automaton.ts';
import { createGrammarWriter, type GrammarWriter } from '../gbnf/grammar-writer.ts';
import { anyValue } from '../gbnf/json-rules.ts';
import { UnsupportedSchemaError } from '../unsupported-schema-error.ts';
import { compileArray } from './compile-array.ts';
import { toValueLiteral } from './compile-literal.ts';
import { compileNumber, isNumberAllowed } from './compile-number.ts';
import { compileObject } from './compile-object.ts';
import { type CompileLimits, type CompileRun, compileLimitsDefault, createBudget } from './compile-run.ts';
import { compileString } from './compile-string.ts';
import type { Facts } from './facts.ts';
import { gatherFacts } from './gather-facts.ts';
import { type JsonType, type JsonValue, jsonTypes, toValueKey, typeOf } from './json.ts';
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
  const run = createRun(document, createGrammarWriter(limits), limits);
  const root = run.compile([document.root]);
  if (root === undefined) {
    throw new UnsupportedSchemaError('', 'No value satisfies this schema.');
  }
  return { gbnf: run.writer.print(root), checkedAfterwards: run.notes };
}

function createRun(document: SchemaDocument, writer: GrammarWriter, limits: CompileLimits): CompileRun {
  const notes = new Map<string, SchemaNote>();
  const automata = new Map<string, Automaton | undefined>();
  const rules = new Map<string, NodeRule>();
  const run: CompileRun = {
    document,
    writer,
    limits,
    spend: createBudget(limits.stepsMax),
    note: (path, message) => {
      if (!notes.has(path)) notes.set(path, { path, message });
    },
    get notes() {
      return [...notes.values()];
    },
    automaton: (key, make) => {
      if (!automata.has(key)) automata.set(key, make());
      return automata.get(key);
    },
    compile: (nodes) => compileNodes(run, nodes, rules),
  };
  return run;
}

/** What a set of schemas became. */
interface NodeRule {
  /** undefined: no value satisfies them. */
  name: string | undefined;
  /** While it is being compiled, its name may already have been used inside of it. */
  isUsedInside: boolean;
}

function compileNodes(
  run: CompileRun,
  nodes: readonly SchemaNode[],
  rules: Map<string, NodeRule>,
): string | undefined {
  const telling = nodes.filter(({ schema }) => schema !== true);
  if (telling.some(({ schema }) => schema === false)) return undefined;
  if (telling.length === 0) return anyValue(run.writer);
  const key = [...new Set(telling.map(({ id }) => id))].sort((one, other) => one - other).join(',');
  const known = rules.get(key);
  if (known !== undefined) {
    known.isUsedInside = true;
    return known.name;
  }
  // Reserved first, because a schema may contain itself.
  const name = run.writer.reserve();
  const rule: NodeRule = { name, isUsedInside: false };
  rules.set(key, rule);
  run.spend(5);
  const options = [...new Set(gatherFacts(run, telling).flatMap((facts) => compileFacts(run, facts)))];
  if (options.length === 0) {
    if (rule.isUsedInside) run.writer.define(name, name);
    rule.name = undefined;
  } else if (rule.isUsedInside) {
    run.writer.define(name, options.join(' | '));
  } else {
    const [only = ''] = options;
    rule.name = options.length === 1 && /^[\w-]+$/.test(only) ? only : run.writer.add(options.join(' | '));
  }
  return rule.name;
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
  return all.filter((value) => !refusedValues.includes(value)).map((value) => `"${value}"`);
}

function noteRefused(run: CompileRun, { refusedValues }: Facts, type: JsonType): void {
  if (refusedValues.some((value) => typeOf(value) === type)) {
    run.note('not', 'a whole array or object is refused');
  }
}

/** The values of an `enum` that are of this type; strings have an automaton of their own. */
function compileValues(
  run: CompileRun,
  facts: Facts,
  type: JsonType,
  values: readonly JsonValue[],
): string[] {
  const refused = new Set(facts.refusedValues.map(toValueKey));
  const own = values.filter((value) => typeOf(value) === type && !refused.has(toValueKey(value)));
  if (own.length === 0) return [];
  if (type === 'number') {
    const allowed = own.filter((value) => typeof value === 'number' && isNumberAllowed(value, facts.number));
    if (allowed.length === 0) return [];
    const texts = textsToAutomaton(allowed.map((value) => JSON.stringify(value)));
    return [addAutomaton(run.writer, texts, { characters: 'plain', end: '' })];
  }
  if (type === 'array' && (facts.array.groups.length > 0 || facts.array.contains.length > 0)) {
    run.note('enum', 'its arrays stand beside other keywords');
  }
  if (type === 'object' && (facts.object.groups.length > 0 || facts.object.required.length > 0)) {
    run.note('enum', 'its objects stand beside other keywords');
  }
  return own.map((value) => toValueLiteral(run, value));
}
