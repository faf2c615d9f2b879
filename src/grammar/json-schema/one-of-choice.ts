import { isArray, isObject, type JsonObject } from '../../json/json-value.ts';
import type { CompileRun } from './compile-run.ts';
import { findOverlaps, type Overlaps } from './disjoint.ts';
import { negate } from './negate.ts';
import type { SchemaNode } from './schema-document.ts';

/** One of these must hold. */
export interface Choice {
  readonly options: readonly SchemaNode[];
  readonly path: string;
}

/** Ways in which the others may all fail, for one branch. */
const waysMax = 8;

/**
 * Exactly one branch may match. Branches that can't match together need only `anyOf`. For the others, each
 * branch is combined with the opposites of the other branches. If an opposite can't be expressed, or there
 * are too many, the validator counts.
 */
export function toOneOfChoice(run: CompileRun, path: string, branches: readonly SchemaNode[]): Choice {
  if (branches.length <= 1) return { options: branches, path };
  const overlaps = findOverlaps(run, branches);
  if (overlaps === undefined) {
    run.note(path, 'too many alternatives to compare');
    return { options: branches, path };
  }
  const options = branches.flatMap((branch, index) => {
    const found = standAlone(run, branches, overlaps, index);
    if (found === undefined) run.note(path, 'more than one of the alternatives may hold');
    return found ?? [branch];
  });
  return { options, path };
}

/** The branch without what the others take: none where they take all of it. undefined: a grammar can't say it. */
function standAlone(
  run: CompileRun,
  branches: readonly SchemaNode[],
  overlaps: Overlaps,
  index: number,
): readonly SchemaNode[] | undefined {
  const branch = branches[index];
  const others = overlaps.others[index] ?? [];
  if (branch === undefined || others.length === 0) return branch === undefined ? [] : [branch];
  const types = overlaps.types[index];
  const opposites: JsonObject[] = [];
  let ways = 1;
  for (const other of others) {
    const all = findOpposite(run, branches, overlaps, [index, other]);
    if (all === undefined) return undefined;
    const parts = all.filter(({ schema }) => isObject(schema) && hasTypeOf(schema, types));
    if (parts.length === 0) return [];
    ways *= parts.length;
    if (ways > waysMax) return undefined;
    opposites.push({ anyOf: parts.map(({ schema }) => schema) });
  }
  return [
    run.document.derive(branch, `alone ${others.join(' ')}`, () => ({
      allOf: [branch.schema, ...opposites],
    })),
  ];
}

/** The ways in which the other branch fails. */
function findOpposite(
  run: CompileRun,
  branches: readonly SchemaNode[],
  { names, closed }: Overlaps,
  [index, other]: readonly [number, number],
): readonly SchemaNode[] | undefined {
  const node = branches[other];
  if (node === undefined) return [];
  const exact = negate(run, node);
  const allowed = closed[other];
  if (exact !== undefined || allowed === undefined || run.limits.undeclaredMembers === 'allowed')
    return exact;
  // Where undeclared members are not written anyway, a member of this branch is what the other one refuses.
  const ofDeclared = negate(run, node, { withoutAdditional: true });
  const refused = [...(names[index] ?? [])].filter((name) => !allowed.has(name));
  const byName = refused.map((name) =>
    run.document.derive(node, `has ${name}`, () => ({ type: 'object', required: [name] })),
  );
  return ofDeclared && [...ofDeclared, ...byName];
}

function hasTypeOf({ type }: JsonObject, types: ReadonlySet<string> | undefined): boolean {
  if (type === undefined || types === undefined) return true;
  return (isArray(type) ? type : [type]).some((name) => types.has(String(name)));
}
