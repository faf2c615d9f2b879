import { type ConfigPath, type ConfigProblem, quoteValue, toConfigProblem } from './config-problem.ts';
import { describeRange } from './describe-settings.ts';
import { findFieldSchema } from './field-schema.ts';
import { findNearest } from './find-nearest.ts';

/** What the schema found. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: ConfigPath;
  readonly keys?: readonly string[];
}

/** Problems of a field inside a setting, such as one of an upstream or a deployment. */
export function describeIssue(issue: SchemaIssue, value: unknown): readonly ConfigProblem[] {
  const { code, message, path, keys = [] } = issue;
  if (code === 'unrecognized_keys') return keys.map((key) => describeUnknownField(path, key));
  if (code === 'invalid_key') {
    return [
      toConfigProblem(
        path,
        'is not a valid name; a name has up to 64 lower-case letters, digits, dots, dashes and underscores, and starts with a letter or digit',
      ),
    ];
  }
  // The words of a rule of ours follow the path.
  if (code === 'custom' && message.startsWith('must ')) return [toConfigProblem(path, message)];
  const schema = findFieldSchema(path);
  const range = schema === undefined ? 'valid' : describeRange(String(path.at(-1)), schema);
  if (value === undefined) return [toConfigProblem(path, `is missing; it must be ${range}`)];
  return [toConfigProblem(path, `must be ${range}, not ${quoteValue(value)}`)];
}

function describeUnknownField(path: ConfigPath, key: string): ConfigProblem {
  const known = Object.keys(findFieldSchema(path)?.properties ?? {});
  const nearest = findNearest(key, known);
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return toConfigProblem([...path, key], `is not known.${hint} The fields there are: ${known.join(', ')}`);
}
