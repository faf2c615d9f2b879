/**
 * The form that an answer must have, as its client asked for it. `undefined` in a request: free text.
 *
 * A backend either takes a format as it stands (an upstream with structured outputs of its own) or relies on the
 * grammar that the service compiled from it.
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
  /** A JSON Schema as JSON.parse gives it; its own order of properties is kept. */
  readonly schema: unknown;
  /** True: an answer that breaks the schema is never sent as if it were valid. False: done as far as it goes. */
  readonly strict: boolean;
}
