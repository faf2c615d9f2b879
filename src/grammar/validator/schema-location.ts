import type { SchemaDialect, SchemaObject } from './schema-dialect.ts';

/** A schema together with what its references and identifiers are relative to. */
export interface SchemaLocation {
  readonly schema: unknown;
  /** The schema that `#` means here. */
  readonly resource: SchemaObject;
  readonly resourcePath: readonly string[];
  /** Its URI, without a fragment. */
  readonly base: string;
  readonly dialect: SchemaDialect;
  /** From the root of the document. */
  readonly path: readonly string[];
  /** Inside a metaschema: the URI of its entry, which its dynamic references mean. */
  readonly metaschema: string | undefined;
}

/** As OpenAI writes a `param`. */
export function toPathText(path: readonly string[]): string {
  return path.join('.');
}
