import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/json-value.ts';
import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { readKnownMetaschema } from '../validator/known-metaschemas.ts';
import { chooseSchemaDialect, type SchemaDialect } from '../validator/schema-dialect.ts';

/** One schema of a document, or one made from it, with the place that its errors name. */
export interface SchemaNode {
  /** Unique in its document: equal numbers are the same schema. */
  readonly id: number;
  readonly schema: JsonObject | boolean;
  /** Such as `properties.x.items`; '' is the root. */
  readonly path: string;
  /** Against which its references are resolved. */
  readonly baseUri: string;
}

export interface SchemaDocument {
  readonly dialect: SchemaDialect;
  readonly root: SchemaNode;
  /** The schema at `keys` below a node: a missing or malformed one is undefined. */
  child(node: SchemaNode, ...keys: readonly (string | number)[]): SchemaNode | undefined;
  /** The target of a node's `$ref`. Throws `UnsupportedSchemaError` if the target is not in the document. */
  resolve(node: SchemaNode, reference: string): SchemaNode;
  /** A schema that the compiler made from a node; the same `reason` gives the same node. */
  derive(node: SchemaNode, reason: string, makeSchema: () => JsonObject | boolean): SchemaNode;
}

/** Stands for the address of a document that has none. */
const namelessBase = 'schema:/root';

/** Keywords that hold values, not schemas: nothing in them is an address. */
const valueKeywords = new Set(['enum', 'const', 'default', 'examples', 'example']);

/** Levels that a schema may be nested: deeper ones would exhaust the call stack here or in the engine. */
const depthMax = 500;

export function openSchemaDocument(schema: unknown): SchemaDocument {
  if (!isSchema(schema)) {
    throw new UnsupportedSchemaError('', 'The schema must be a JSON object or a boolean.');
  }
  const dialect = chooseSchemaDialect(isObject(schema) ? schema : {});
  const addresses = indexAddresses(schema, dialect);
  /** The drafts' own schemas are the only ones that a schema may refer to without carrying them. */
  const addMetaschema = (node: SchemaNode, reference: string): boolean => {
    const uri = resolveUri(reference, node.baseUri)?.split('#')[0] ?? '';
    const known = addresses.byUri.has(uri) ? undefined : readKnownMetaschema(uri);
    if (known === undefined || !isSchema(known.document)) return false;
    const more = indexAddresses(
      known.document,
      chooseSchemaDialect(isObject(known.document) ? known.document : {}),
      uri,
    );
    for (const [address, found] of more.byUri) addresses.byUri.set(address, found);
    return true;
  };
  const derived = new Map<string, SchemaNode>();
  const known = new Map<object, SchemaNode>();
  let nodes = 0;

  const makeNode = (found: JsonObject | boolean, path: string, outerBase: string): SchemaNode => {
    const existing = typeof found === 'object' ? known.get(found) : undefined;
    if (existing !== undefined) return existing;
    nodes += 1;
    const node = { id: nodes, schema: found, path, baseUri: baseOf(found, outerBase, dialect) };
    if (typeof found === 'object') known.set(found, node);
    return node;
  };
  const root = makeNode(schema, '', namelessBase);
  return {
    dialect,
    root,
    child: (node, ...keys) => {
      const found = walk(node.schema, keys);
      if (found === undefined || !isSchema(found)) return undefined;
      if (typeof found === 'boolean') {
        return found ? alwaysNode(node, keys) : neverNode(node, keys);
      }
      return makeNode(found, join(node.path, keys), node.baseUri);
    },
    resolve: (node, reference) => {
      let target = findTarget(reference, node, addresses);
      if (target === undefined && addMetaschema(node, reference)) {
        target = findTarget(reference, node, addresses);
      }
      if (target === undefined) {
        throw new UnsupportedSchemaError(
          join(node.path, ['$ref']),
          `The reference '${quote(reference)}' does not lead to a schema in this document; others are not fetched.`,
        );
      }
      return makeNode(target.schema, target.path, target.baseUri);
    },
    derive: (node, reason, makeSchema) => {
      const key = `${node.id} ${reason}`;
      const existing = derived.get(key);
      if (existing !== undefined) return existing;
      nodes += 1;
      const made = { id: nodes, schema: makeSchema(), path: node.path, baseUri: node.baseUri };
      derived.set(key, made);
      return made;
    },
  };
}

// Booleans have no identity: all `true` are one schema, and all `false`.
function alwaysNode(node: SchemaNode, keys: readonly (string | number)[]): SchemaNode {
  return { id: -1, schema: true, path: join(node.path, keys), baseUri: node.baseUri };
}

function neverNode(node: SchemaNode, keys: readonly (string | number)[]): SchemaNode {
  return { id: -2, schema: false, path: join(node.path, keys), baseUri: node.baseUri };
}

export function join(path: string, keys: readonly (string | number)[]): string {
  return [...(path === '' ? [] : [path]), ...keys].join('.');
}

function isSchema(value: unknown): value is JsonObject | boolean {
  return typeof value === 'boolean' || isObject(value);
}

const quotedMax = 100;

function quote(text: string): string {
  return text.length > quotedMax ? `${text.slice(0, quotedMax)}…` : text;
}

interface Address {
  readonly schema: JsonObject | boolean;
  readonly path: string;
  readonly baseUri: string;
}

interface AddressIndex {
  /** Schemas by their whole address, fragment included; without a fragment: whole resources. */
  readonly byUri: Map<string, Address>;
}

function indexAddresses(
  schema: JsonObject | boolean,
  dialect: SchemaDialect,
  rootBase = namelessBase,
): AddressIndex {
  const byUri = new Map<string, Address>();
  const visit = (value: JsonValue, path: string, outerBase: string, depth: number): void => {
    if (depth > depthMax) {
      throw new UnsupportedSchemaError('', `The schema is nested more than ${depthMax} levels deep.`);
    }
    if (isArray(value)) {
      value.forEach((item, index) => {
        visit(item, join(path, [index]), outerBase, depth + 1);
      });
      return;
    }
    if (!isObject(value)) return;
    const baseUri = baseOf(value, outerBase, dialect);
    if (baseUri !== outerBase && !byUri.has(baseUri)) {
      byUri.set(baseUri, { schema: value, path, baseUri });
    }
    for (const anchor of anchorsOf(value, dialect)) {
      const uri = `${baseUri}#${anchor}`;
      if (!byUri.has(uri)) byUri.set(uri, { schema: value, path, baseUri });
    }
    for (const [name, member] of Object.entries(value)) {
      if (member !== undefined && typeof member === 'object' && !valueKeywords.has(name)) {
        visit(member, join(path, [name]), baseUri, depth + 1);
      }
    }
  };
  const path = rootBase === namelessBase ? '' : rootBase;
  byUri.set(rootBase, { schema, path, baseUri: baseOf(schema, rootBase, dialect) });
  if (typeof schema === 'object') visit(schema, path, rootBase, 0);
  return { byUri };
}

function baseOf(schema: JsonObject | boolean, outerBase: string, dialect: SchemaDialect): string {
  if (typeof schema === 'boolean') return outerBase;
  const own = schema['$id'] ?? schema['id'];
  if (typeof own !== 'string' || own.startsWith('#') || own === '') return outerBase;
  // `id` was the name in draft 4 alone; elsewhere it's a word of its author's.
  if (schema['$id'] === undefined && dialect.idKeyword !== 'id') return outerBase;
  return resolveUri(own, outerBase)?.split('#')[0] ?? outerBase;
}

function anchorsOf(schema: JsonObject, dialect: SchemaDialect): string[] {
  const anchors: string[] = [];
  for (const keyword of ['$anchor', '$dynamicAnchor']) {
    const anchor = schema[keyword];
    if (typeof anchor === 'string') anchors.push(anchor);
  }
  const own = dialect.idKeyword === 'id' ? (schema['id'] ?? schema['$id']) : schema['$id'];
  if (typeof own === 'string' && own.startsWith('#') && !own.startsWith('#/') && own.length > 1) {
    anchors.push(own.slice(1));
  }
  return anchors;
}

function resolveUri(reference: string, base: string): string | undefined {
  try {
    return new URL(reference, base).href;
  } catch {
    return undefined;
  }
}

function findTarget(reference: string, node: SchemaNode, { byUri }: AddressIndex): Address | undefined {
  const [before = '', fragment = ''] = splitOnce(reference);
  const resource = before === '' ? node.baseUri : resolveUri(before, node.baseUri);
  // A document whose own `$id` is no address, or that names itself by a part of it, still has a root.
  const owner = byUri.get(resource ?? '') ?? (before === '' ? byUri.get(namelessBase) : undefined);
  if (owner === undefined) return undefined;
  if (fragment === '') return owner;
  if (!fragment.startsWith('/')) return byUri.get(`${owner.baseUri}#${fragment}`);
  return (
    followPointer(owner, fragment) ?? followPointer(byUri.get(namelessBase) ?? owner, fragment) ?? undefined
  );
}

function splitOnce(reference: string): [string, string] {
  const at = reference.indexOf('#');
  return at < 0 ? [reference, ''] : [reference.slice(0, at), reference.slice(at + 1)];
}

function followPointer(owner: Address, pointer: string): Address | undefined {
  const keys = pointer.slice(1).split('/').map(decodePointerPart);
  let value: JsonValue = owner.schema;
  let baseUri = owner.baseUri;
  for (const key of keys) {
    const next = walk(value, [key]);
    if (next === undefined) return undefined;
    value = next;
    if (isObject(value) && typeof value['$id'] === 'string') {
      baseUri = resolveUri(value['$id'], baseUri)?.split('#')[0] ?? baseUri;
    }
  }
  return isSchema(value) ? { schema: value, path: join(owner.path, keys), baseUri } : undefined;
}

export function decodePointerPart(part: string): string {
  let decoded = part;
  try {
    decoded = decodeURIComponent(part);
  } catch {
    // A stray percent sign means itself.
  }
  return decoded.replaceAll('~1', '/').replaceAll('~0', '~');
}

function walk(start: JsonValue, keys: readonly (string | number)[]): JsonValue | undefined {
  let value: JsonValue | undefined = start;
  for (const key of keys) {
    if (isArray(value)) {
      value = value[Number(key)];
    } else if (isObject(value) && Object.hasOwn(value, String(key))) {
      value = value[String(key)];
    } else {
      return undefined;
    }
  }
  return value;
}
