import { isSchemaObject, type SchemaObject } from './schema-dialect.ts';

/**
 * Finds a definition that demands itself of one and the same value, through nothing but `$ref` and `allOf`: its check
 * would never end. Not recursive, for chains of references may be long.
 */
export function findEndlessDefinition(definitions: SchemaObject): string | undefined {
  const open = new Set<string>();
  const done = new Set<string>();
  const path: { readonly name: string; readonly rest: string[] }[] = [];
  const enter = (name: string) => {
    open.add(name);
    path.push({ name, rest: listDemands(definitions[name]) });
  };
  for (const start of Object.keys(definitions)) {
    if (!done.has(start)) {
      enter(start);
    }
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.rest.pop();
      if (next === undefined) {
        path.pop();
        open.delete(last.name);
        done.add(last.name);
      } else if (open.has(next)) {
        return next;
      } else if (!done.has(next)) {
        enter(next);
      }
    }
  }
  return undefined;
}

/** Names of the definitions that a value must match to match this schema. */
function listDemands(schema: unknown): string[] {
  if (!isSchemaObject(schema)) {
    return [];
  }
  const { $ref, allOf } = schema;
  const own = typeof $ref === 'string' ? [$ref.slice('#/$defs/'.length)] : [];
  return [...own, ...(Array.isArray(allOf) ? allOf.flatMap(listDemands) : [])];
}
