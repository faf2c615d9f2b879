/** What is wrong with a part of the configuration. */
export interface ConfigProblem {
  /** Such as `models[0].deployments[1].weight`. */
  readonly path: string;
  /** A sentence that names the path. It quotes no secret. */
  readonly message: string;
}

export type ConfigPath = readonly PropertyKey[];

/** `models[0].deployments[1].weight` */
export function toPathText(path: ConfigPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** @param words the rest of a sentence that begins with the path, without its full stop */
export function toConfigProblem(path: ConfigPath, words: string): ConfigProblem {
  const text = toPathText(path);
  return { path: text, message: `${text} ${words}.` };
}

/** Maximum characters of an invalid value that an error quotes. */
const quotedCharactersMax = 60;

export function quoteValue(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? 'undefined');
  return text.length > quotedCharactersMax ? `${text.slice(0, quotedCharactersMax)}…` : text;
}
