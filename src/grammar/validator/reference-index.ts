import { UnsupportedSchemaError } from '../gbnf/unsupported-schema-error.ts';
import { readKnownMetaschema } from './known-metaschemas.ts';
import { chooseSchemaDialect, isSchemaObject, type SchemaObject, toSchemaDialect } from './schema-dialect.ts';
import { type SchemaLocation, toPathText } from './schema-location.ts';
import { schemaKeywords, schemaListKeywords, schemaMapKeywords } from './subschema-keywords.ts';

/** Finds what a `$ref` means, in the document itself and in the metaschemas of the drafts. */
export interface ReferenceIndex {
  readonly root: SchemaLocation;
  /** The location of a part of a schema, including the part's `$id`. */
  enter(from: SchemaLocation, schema: unknown, ...tokens: readonly string[]): SchemaLocation;
  /** Throws `UnsupportedSchemaError` if nothing is found. `path` is the path of the reference. */
  resolve(reference: string, from: SchemaLocation, path: readonly string[]): SchemaLocation;
  /** The target of a `$dynamicRef` or `$recursiveRef`. Refused if it depends on the path of evaluation. */
  resolveDynamic(reference: string, from: SchemaLocation, path: readonly string[]): SchemaLocation;
}

/** The base of a document without an `$id`. */
const unnamedBase = 'schema:///';

export function createReferenceIndex(document: SchemaObject): ReferenceIndex {
  const resources = new Map<string, SchemaLocation>();
  const anchors = new Map<string, SchemaLocation[]>();
  const dynamicNames = new Map<string, number>();
  const index = (root: SchemaLocation) => {
    walkSchemas(root, (location, schema) => {
      if (location.resource === schema && !resources.has(location.base)) {
        resources.set(location.base, location);
      }
      for (const name of listAnchors(schema, location)) {
        anchors.set(name, [...(anchors.get(name) ?? []), location]);
      }
      countDynamicNames(schema, dynamicNames);
    });
    return root;
  };

  const root = index(toRootLocation(document, unnamedBase, undefined));
  const findResource = (uri: string): SchemaLocation | undefined => {
    const found = resources.get(uri);
    const known = found === undefined ? readKnownMetaschema(uri) : undefined;
    if (known === undefined || !isSchemaObject(known.document)) {
      return found;
    }
    resources.set(uri, toRootLocation(known.document, uri, known.entry));
    index(toRootLocation(known.document, uri, known.entry));
    return resources.get(uri);
  };

  const resolve = (reference: string, from: SchemaLocation, path: readonly string[]): SchemaLocation => {
    const [address = '', fragment = ''] = splitReference(reference);
    const uri = address === '' ? from.base : toAbsolute(address, from.base);
    const resource = address === '' ? toResource(from) : findResource(uri ?? '');
    if (resource === undefined) {
      const quoted = reference.slice(0, referenceCharactersMax);
      throw new UnsupportedSchemaError(toPathText(path), `The reference '${quoted}' leaves the schema.`);
    }
    const named = anchors.get(fragment) ?? [];
    const found =
      followFragment(resource, fragment) ??
      named.find(({ base }) => base === resource.base) ??
      // Authors often mean the document where an inner `$id` makes it another one.
      followFragment(root, fragment) ??
      named[0];
    if (found === undefined) {
      const quoted = reference.slice(0, referenceCharactersMax);
      throw new UnsupportedSchemaError(toPathText(path), `The reference '${quoted}' leads nowhere.`);
    }
    return found;
  };

  return {
    root,
    enter: enterLocation,
    resolve,
    resolveDynamic: (reference, from, path) => {
      if (from.metaschema !== undefined) {
        return resolve(from.metaschema, from, path);
      }
      const name = splitReference(reference)[1] ?? '';
      if ((dynamicNames.get(name) ?? 0) > 1) {
        throw new UnsupportedSchemaError(
          toPathText(path),
          'A dynamic reference with more than one anchor of its name is not supported.',
        );
      }
      return resolve(reference, from, path);
    },
  };
}

/** Names and keywords on the way from the root to a schema. Real schemas stay below 60. */
const pathTokensMax = 400;

/** Characters of a reference that a message quotes at most. */
const referenceCharactersMax = 200;

function toRootLocation(
  document: SchemaObject,
  base: string,
  metaschema: string | undefined,
): SchemaLocation {
  const dialect = chooseSchemaDialect(document);
  const place = { path: [], resource: document, resourcePath: [], base };
  return enterLocation({ ...place, schema: undefined, dialect, metaschema }, document);
}

function enterLocation(from: SchemaLocation, schema: unknown, ...tokens: readonly string[]): SchemaLocation {
  const path = tokens.length === 0 ? from.path : [...from.path, ...tokens];
  if (path.length > pathTokensMax) {
    throw new UnsupportedSchemaError('', `The schema is nested deeper than ${pathTokensMax} levels.`);
  }
  if (!isSchemaObject(schema)) {
    return { ...from, schema, path };
  }
  const metaschema = schema['$schema'];
  const dialect = (typeof metaschema === 'string' ? toSchemaDialect(metaschema) : undefined) ?? from.dialect;
  const id = schema[dialect.idKeyword];
  const isIgnored = dialect.ignoresRefSiblings && typeof schema['$ref'] === 'string' && path.length > 0;
  const isAddress = typeof id === 'string' && !id.startsWith('#') && !isIgnored;
  const base = isAddress ? toAbsolute(id, from.base) : undefined;
  return base === undefined
    ? { ...from, schema, path, dialect }
    : { ...from, schema, path, dialect, base, resource: schema, resourcePath: path };
}

function toResource(from: SchemaLocation): SchemaLocation {
  return { ...from, schema: from.resource, path: from.resourcePath };
}

/** The target of a JSON Pointer or the empty fragment, taking `$id`s on the way into account. */
function followFragment(resource: SchemaLocation, fragment: string): SchemaLocation | undefined {
  if (fragment === '') {
    return resource;
  }
  if (!fragment.startsWith('/')) {
    return undefined;
  }
  let location = resource;
  for (const token of fragment.slice(1).split('/')) {
    const name = decodeToken(token);
    const { schema } = location;
    if (typeof schema !== 'object' || schema === null || !Object.hasOwn(schema, name)) {
      return undefined;
    }
    location = enterLocation(location, Reflect.get(schema, name), name);
  }
  return location;
}

function decodeToken(token: string): string {
  try {
    return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return token;
  }
}

function splitReference(reference: string): string[] {
  const hash = reference.indexOf('#');
  return hash < 0 ? [reference] : [reference.slice(0, hash), reference.slice(hash + 1)];
}

/** Without the fragment. Undefined if it is not a URI. */
function toAbsolute(reference: string, base: string): string | undefined {
  try {
    const url = new URL(reference, base);
    url.hash = '';
    return url.href;
  } catch {
    return undefined;
  }
}

function listAnchors(schema: SchemaObject, { dialect }: SchemaLocation): string[] {
  const id = schema[dialect.idKeyword];
  const { $anchor, $dynamicAnchor } = schema;
  return [
    typeof id === 'string' && id.startsWith('#') ? id.slice(1) : undefined,
    $anchor,
    $dynamicAnchor,
  ].filter((name) => typeof name === 'string' && name !== '') as string[];
}

function countDynamicNames(schema: SchemaObject, counts: Map<string, number>): void {
  const { $dynamicAnchor, $recursiveAnchor } = schema;
  const name = $recursiveAnchor === true ? '' : $dynamicAnchor;
  if (typeof name === 'string') {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}

/** Visits every schema below `root`, itself included. Not recursive: a document may be nested very deep. */
function walkSchemas(
  root: SchemaLocation,
  visit: (location: SchemaLocation, schema: SchemaObject) => void,
): void {
  const pending = [root];
  for (let location = pending.pop(); location !== undefined; location = pending.pop()) {
    const { schema } = location;
    if (!isSchemaObject(schema)) {
      continue;
    }
    visit(location, schema);
    for (const keyword of schemaKeywords) {
      if (isSchemaObject(schema[keyword])) {
        pending.push(enterLocation(location, schema[keyword], keyword));
      }
    }
    for (const keyword of [...schemaListKeywords, ...schemaMapKeywords]) {
      const parts = schema[keyword];
      if (typeof parts === 'object' && parts !== null && (Array.isArray(parts) || keyword !== 'items')) {
        for (const [name, part] of Object.entries(parts)) {
          pending.push(enterLocation(location, part, keyword, name));
        }
      }
    }
  }
}
