import { anyArray, anyValue, space } from '../gbnf/json-rules.ts';
import { repeatRule } from '../gbnf/repeat-rule.ts';
import type { CompileRun } from './compile-run.ts';
import type { ArrayFacts, ArrayGroup, ContainsFact } from './facts.ts';
import type { SchemaNode } from './schema-document.ts';

/** Items that a grammar counts. */
const itemsMax = 4_000;

/** A rule for the arrays that the facts allow. Undefined if there are none. */
export function compileArray(run: CompileRun, facts: ArrayFacts): string | undefined {
  const { groups, contains } = facts;
  if (
    facts.minItems === 0 &&
    facts.maxItems === Number.POSITIVE_INFINITY &&
    contains.length === 0 &&
    groups.length === 0
  ) {
    return anyArray(run.writer);
  }
  const prefixLength = Math.max(0, ...groups.map(({ prefix }) => prefix.length));
  const { min, max } = toCounts(run, facts);
  const [contained, ...others] = contains;
  for (const { path } of others) run.note(path, 'only one keyword of this kind can be in a grammar');
  if (contained !== undefined && prefixLength === 0) {
    return compileContains(run, facts, contained, min, max);
  }
  if (contained !== undefined) run.note(contained.path, 'it is combined with items at fixed positions');
  return compileItems(run, groups, prefixLength, min, max);
}

function toCounts(
  run: CompileRun,
  { minItems, maxItems, countPath }: ArrayFacts,
): { min: number; max: number } {
  const { bounds } = run.limits;
  const bound =
    bounds &&
    (maxItems === Number.POSITIVE_INFINITY
      ? bounds.itemsMax
      : Math.max(bounds.itemsMax, bounds.keptItemsMax));
  const max = bound === undefined ? maxItems : Math.min(maxItems, Math.max(bound, minItems));
  if (minItems > itemsMax || (max > itemsMax && maxItems !== Number.POSITIVE_INFINITY)) {
    run.note(countPath, `a number of items above ${itemsMax}`);
  }
  return {
    min: Math.min(minItems, itemsMax),
    max: max > itemsMax ? Number.POSITIVE_INFINITY : max,
  };
}

function compileItems(
  run: CompileRun,
  groups: readonly ArrayGroup[],
  prefixLength: number,
  min: number,
  maxWanted: number,
): string | undefined {
  const { writer } = run;
  const rules: string[] = [];
  let max = maxWanted;
  for (let place = 0; place < Math.min(prefixLength, max); place += 1) {
    const rule = compileItem(run, groups, place);
    if (rule === undefined) max = place;
    else rules.push(rule);
  }
  const rest = max > rules.length ? compileItem(run, groups, prefixLength) : undefined;
  if (rest === undefined) max = Math.min(max, rules.length);
  if (min > max) return undefined;
  const comma = `"," ${space(writer)}`;
  let after = '"]"';
  if (rest !== undefined) {
    const more = writer.add(`${comma} ${rest}`);
    const first = rules.length === 0 ? 1 : 0;
    const least = Math.max(min - rules.length - first, 0);
    const repeated = repeatRule(more, least, max - rules.length - first);
    const isNeeded = min > rules.length || first === 0;
    after = first === 1 ? `${rest} ${repeated} "]"` : `${repeated} "]"`;
    if (!isNeeded) after = `(${after} | "]")`;
  }
  for (let place = rules.length - 1; place >= 0; place -= 1) {
    const lead = place === 0 ? '' : `${comma} `;
    const end = place >= min ? ' | "]"' : '';
    after = writer.add(`${lead}${rules[place]} ${after}${end}`);
  }
  return writer.add(`"[" ${after}`);
}

function compileItem(run: CompileRun, groups: readonly ArrayGroup[], place: number): string | undefined {
  const nodes = nodesAt(groups, place);
  return nodes.length === 0 ? anyValue(run.items.writer) : run.items.compile(nodes);
}

function nodesAt(groups: readonly ArrayGroup[], place: number): SchemaNode[] {
  return groups.flatMap(({ prefix, rest }) => prefix[place] ?? rest ?? []);
}

/** Any items, among them one that the keyword asks for; what else it counts is left to the validator. */
function compileContains(
  run: CompileRun,
  { groups }: ArrayFacts,
  contained: ContainsFact,
  min: number,
  max: number,
): string | undefined {
  const { writer } = run;
  if (contained.min === 0 && contained.max === Number.POSITIVE_INFINITY) {
    return compileItems(run, groups, 0, min, max);
  }
  const isOne = contained.min === 1 && contained.max === Number.POSITIVE_INFINITY;
  if (!isOne || min > 1 || max !== Number.POSITIVE_INFINITY) {
    run.note(contained.path, 'a grammar does not count items of one kind among others');
    return compileItems(run, groups, 0, Math.max(min, contained.min > 0 ? 1 : 0), max);
  }
  const item = compileItem(run, groups, 0);
  const wanted = run.items.compile([...nodesAt(groups, 0), contained.node]);
  if (item === undefined || wanted === undefined) return undefined;
  const comma = `"," ${space(writer)}`;
  const before = writer.add(`${item} ${comma}`);
  const later = writer.add(`${comma} ${item}`);
  return writer.add(`"[" ${before}* ${wanted} ${later}* "]"`);
}
