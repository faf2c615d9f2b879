import { isArray, isObject, type JsonObject } from '../../json/json-value.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { applyKeywords } from './apply-keywords.ts';
import type { CompileRun } from './compile-run.ts';
import { copyFacts, createFacts, type Facts } from './facts.ts';
import { negate } from './negate.ts';
import { type Choice, toOneOfChoice } from './one-of-choice.ts';
import { join, type SchemaNode } from './schema-document.ts';

/**
 * Takes every schema that applies to a value apart into alternatives, each without `allOf`, `anyOf`, `oneOf`,
 * `not`, `if`, dependencies and references. What would multiply too far is left out and noted: the grammar then
 * lets more through, and the validator sees it.
 */
export function gatherFacts(run: CompileRun, nodes: readonly SchemaNode[]): Facts[] {
  const choices: Choice[] = [];
  const base: Alternative = { facts: createFacts(), seen: new Set() };
  if (!addNodes(run, base, nodes, choices)) return [];
  return multiply(run, [base], choices);
}

interface Alternative {
  readonly facts: Facts;
  /** Schemas that are already in: a reference that comes back to one says nothing new. */
  readonly seen: ReadonlySet<number> | Set<number>;
}

/** The alternatives of the choices, one choice after the other; a choice may bring further ones. */
function multiply(run: CompileRun, start: Alternative[], choices: readonly Choice[]): Facts[] {
  let pending = start.map((alternative) => ({ alternative, choices: [...choices] }));
  const done: Facts[] = [];
  while (pending.length > 0) {
    const next: typeof pending = [];
    for (const { alternative, choices: open } of pending) {
      const [choice, ...later] = open;
      if (choice === undefined) {
        done.push(alternative.facts);
        continue;
      }
      const room = run.limits.alternativesMax - done.length - next.length - pending.length;
      if (choice.options.length > 1 && choice.options.length > room) {
        run.note(choice.path, 'too many combinations of alternatives');
        next.push({ alternative, choices: later });
        continue;
      }
      if (choice.options.length === 0) run.refuse(choice.path, 'nothing is left to choose from');
      for (const option of choice.options) {
        const chosen = { facts: copyFacts(alternative.facts), seen: new Set(alternative.seen) };
        const more: Choice[] = [];
        if (addNodes(run, chosen, [option], more)) {
          next.push({ alternative: chosen, choices: [...more, ...later] });
        }
      }
    }
    pending = next;
  }
  return done;
}

/** False: nothing can satisfy them together. */
function addNodes(
  run: CompileRun,
  alternative: Alternative,
  nodes: readonly SchemaNode[],
  choices: Choice[],
): boolean {
  const seen = alternative.seen as Set<number>;
  const waiting: Demand[] = nodes.map((node) => ({ node }));
  for (let demand = waiting.shift(); demand !== undefined; demand = waiting.shift()) {
    const { node } = demand;
    run.spend(1);
    if (node.schema === false) {
      run.refuse(node.path, 'its schema is false');
      return false;
    }
    if (node.schema === true) continue;
    if (seen.has(node.id)) {
      assertNotItsOwn(run, demand);
      continue;
    }
    seen.add(node.id);
    const reference = node.schema['$ref'];
    if (typeof reference === 'string') {
      waiting.unshift({ node: run.document.resolve(node, reference), by: demand });
      if (run.document.dialect.ignoresRefSiblings) continue;
    }
    applyKeywords(run, alternative.facts, node, node.schema);
    const { types, values, valuesPath } = alternative.facts;
    if (values?.length === 0) run.refuse(valuesPath, 'no value is left of its list');
    else if (types.size === 0) run.refuse(join(node.path, ['type']), 'no type is left that a value may have');
    if (types.size === 0 || values?.length === 0) return false;
    const by = demand;
    waiting.push(...childrenOf(run, node, 'allOf').map((part) => ({ node: part, by })));
    choices.push(...findChoices(run, node, node.schema));
  }
  return true;
}

/** A schema that a value must match, and the one that refers to it or has it in `allOf`. */
interface Demand {
  readonly node: SchemaNode;
  readonly by?: Demand | undefined;
}

/** The same schema twice says nothing new; one that demands itself says nothing at all. */
function assertNotItsOwn(run: CompileRun, { node, by }: Demand): void {
  for (let above = by; above !== undefined; above = above.by) {
    run.spend(1);
    if (above.node.id !== node.id) continue;
    const path = join(by?.node.path ?? '', ['$ref']);
    throw new UnsupportedSchemaError(path, `The reference '${path}' leads back to itself and says nothing.`);
  }
}

function childrenOf(run: CompileRun, node: SchemaNode, keyword: string): SchemaNode[] {
  const list = isObject(node.schema) ? node.schema[keyword] : undefined;
  if (!isArray(list)) return [];
  return list.map(
    (_, index) =>
      run.document.child(node, keyword, index) ?? run.document.derive(node, 'no schema', () => true),
  );
}

function findChoices(run: CompileRun, node: SchemaNode, schema: JsonObject): Choice[] {
  const choices: Choice[] = [];
  const anyOf = childrenOf(run, node, 'anyOf');
  if (isArray(schema['anyOf'])) choices.push({ options: anyOf, path: join(node.path, ['anyOf']) });
  const oneOf = childrenOf(run, node, 'oneOf');
  if (isArray(schema['oneOf'])) choices.push(toOneOfChoice(run, join(node.path, ['oneOf']), oneOf));
  const not = schema['not'] === undefined ? undefined : run.document.child(node, 'not');
  if (not !== undefined) {
    const options = negate(run, not);
    if (options === undefined) run.note(join(node.path, ['not']), "a grammar can't express its opposite");
    else choices.push({ options, path: join(node.path, ['not']) });
  }
  if (schema['if'] !== undefined) choices.push(...toConditionChoice(run, node));
  choices.push(...toDependencyChoices(run, node, schema));
  return choices;
}

function toConditionChoice(run: CompileRun, node: SchemaNode): Choice[] {
  const condition = run.document.child(node, 'if');
  if (condition === undefined) return [];
  const path = join(node.path, ['if']);
  const opposite = negate(run, condition);
  const then = run.document.child(node, 'then');
  const otherwise = run.document.child(node, 'else');
  if (then === undefined && otherwise === undefined) return [];
  if (opposite === undefined) run.note(path, "a grammar can't express its opposite");
  const holds = run.document.derive(node, 'then', () => ({
    allOf: [condition.schema, ...(then === undefined ? [] : [then.schema])],
  }));
  const fails = (opposite ?? [undefined]).map((part, index) =>
    run.document.derive(node, `else ${index}`, () => ({
      allOf: [
        ...(part === undefined ? [] : [part.schema]),
        ...(otherwise === undefined ? [] : [otherwise.schema]),
      ],
    })),
  );
  return [{ options: [holds, ...fails], path }];
}

/** Dependencies are choices: the name is not there, or what it brings holds. */
function toDependencyChoices(run: CompileRun, node: SchemaNode, schema: JsonObject): Choice[] {
  const choices: Choice[] = [];
  for (const keyword of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
    const dependencies = schema[keyword];
    if (!isObject(dependencies)) continue;
    for (const [name, dependency] of Object.entries(dependencies)) {
      if (dependency === undefined || (isArray(dependency) && dependency.length === 0)) continue;
      const path = join(node.path, [keyword, name]);
      const names = typeof dependency === 'string' ? [dependency] : dependency;
      const consequence = isArray(names) ? { required: names } : names;
      const without = run.document.derive(node, `${keyword} ${name} absent`, () => ({
        properties: { [name]: false },
      }));
      const present = run.document.derive(node, `${keyword} ${name} present`, () => ({
        type: 'object',
        required: [name],
        allOf: [consequence],
      }));
      choices.push({ options: [without, present], path });
    }
  }
  return choices;
}
