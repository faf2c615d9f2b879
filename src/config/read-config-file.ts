import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { ConfigError } from './config-error.ts';

/**
 * The settings in the file. None if it does not exist, unless it must.
 * @throws ConfigError
 */
export function readConfigFile(path: string, mustExist: boolean): Record<string, unknown> {
  const name = basename(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!mustExist && error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return {};
    }
    throw new ConfigError(`Can't read ${name}: ${describeReadFailure(error)}.`);
  }
  try {
    const value: unknown = parse(text);
    if (value === null) {
      return {};
    }
    if (typeof value === 'object' && !Array.isArray(value)) {
      return { ...value };
    }
  } catch (error) {
    throw new ConfigError(
      `${name} is not valid YAML: ${error instanceof Error ? toFirstLine(error.message) : String(error)}.`,
    );
  }
  throw new ConfigError(`${name} must be a mapping of setting names to values.`);
}

/** Without the path, which is the operator's business. */
function describeReadFailure(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, \w+ '.*'$/, '') : String(error);
}

/** Drops the excerpt of the file that the parser appends to its message. */
function toFirstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}
