/** A schema, pattern or grammar that can't be enforced. Its message is shown to clients. */
export class UnsupportedSchemaError extends Error {
  /** Where in what was given, as OpenAI writes a `param`: `properties.x.pattern`; '' is its root. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'UnsupportedSchemaError';
    this.path = path;
  }
}
