/**
 * The requested format of an answer. `undefined` in a request: free text.
 *
 * A backend either uses a format directly (an upstream with structured outputs) or uses the grammar that the
 * service compiled from it.
 */
export type OutputFormat =
  | JsonSchemaFormat
  /** One JSON object of any content. */
  | { readonly kind: 'json-object' }
  /** The whole answer matches this ECMAScript pattern. */
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** The answer is one of these texts; at least one. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** GBNF whose root rule is `root`. */
  | { readonly kind: 'grammar'; readonly grammar: string };

export interface JsonSchemaFormat {
  readonly kind: 'json-schema';
  readonly name: string;
  readonly description: string | undefined;
  /** A JSON Schema from JSON.parse. Its order of properties is kept. */
  readonly schema: unknown;
  /** True: an answer that breaks the schema is never sent as if it were valid. False: done as far as it goes. */
  readonly strict: boolean;
}
