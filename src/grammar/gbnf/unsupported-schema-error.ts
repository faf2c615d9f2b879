/** UTF-16 code units of a path that a message quotes: a name in it may be of any length. */
const quotedPathMax = 150;

/** A schema, pattern or grammar that can't be enforced. Its message is shown to clients. */
export class UnsupportedSchemaError extends Error {
  /** The place in the input, as in OpenAI's `param`: `properties.x.pattern`; '' is the root. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(
      path.length > quotedPathMax ? message.replaceAll(path, `${path.slice(0, quotedPathMax)}…`) : message,
    );
    this.name = 'UnsupportedSchemaError';
    this.path = path;
  }
}
