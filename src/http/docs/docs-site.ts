import type { OpenApiDocument, OperationObject } from '../openapi/openapi-document.ts';
import type { DocText } from './doc-files.ts';
import { toSlug } from './to-slug.ts';

/** The second address of each operation; the reference shows an operation once. */
const secondTag = 'Under /v1';

export interface SiteOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

/** The operations of one tag, as a page. */
export interface OperationGroup {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly operations: readonly SiteOperation[];
}

/** All pages below /docs: the reference, made from the document of /openapi.json, and the pages of docs/. */
export interface DocsSite {
  readonly document: OpenApiDocument;
  readonly groups: readonly OperationGroup[];
  readonly texts: readonly DocText[];
}

export function createDocsSite(document: OpenApiDocument, texts: readonly DocText[]): DocsSite {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = document.tags
    .filter(({ name }) => name !== secondTag)
    .map(({ name, description }) => ({
      path: `/docs/api/${toSlug(name)}`,
      title: name,
      description,
      operations: operations.filter(({ operation }) => operation.tags[0] === name),
    }));
  return { document, groups, texts };
}
