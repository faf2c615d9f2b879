/** UTF-16 code units of a path that a message quotes: a name in it may be of any length. */
const quotedPathMax = 150;

/** A schema, pattern or grammar that can't be enforced. Its message is shown to clients. */
export class UnsupportedSchemaError extends Error {
  /** Where in what was given, as OpenAI writes a `param`: `properties.x.pattern`; '' is its root. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(
      path.length > quotedPathMax ? message.replaceAll(path, `${path.slice(0, quotedPathMax)}…`) : message,
    );
    this.name = 'UnsupportedSchemaError';
    this.path = path;
  }
}
