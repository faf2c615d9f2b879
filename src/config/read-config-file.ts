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
      assertOrdinaryNames(value, name);
      return { ...value };
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `${name} is not valid YAML: ${error instanceof Error ? toFirstLine(error.message) : String(error)}.`,
    );
  }
  throw new ConfigError(`${name} must be a mapping of setting names to values.`);
}

/** What has this name would be left out without a word. */
const specialName = '__proto__';

/** @throws ConfigError */
function assertOrdinaryNames(config: object, fileName: string): void {
  // Aliases may make a value part of itself.
  const seen = new Set<object>();
  const waiting: object[] = [config];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (Object.hasOwn(value, specialName)) {
      throw new ConfigError(`${fileName} must not have anything of the name ${specialName}.`);
    }
    waiting.push(...Object.values(value).filter((member) => typeof member === 'object' && member !== null));
  }
}

/** Without the path, which is the operator's business. */
function describeReadFailure(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, \w+ '.*'$/, '') : String(error);
}

/** Drops the excerpt of the file that the parser appends to its message. */
function toFirstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}
