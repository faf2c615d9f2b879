import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { type Config, configSchema, settingMeta, settingNames } from './config.ts';

/** A setting that can't be used; the message says which, where it came from and what it may be. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By setting name, as parsed from the command line; undefined values count as not given. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Variables that may hold secrets: child processes don't get them. */
const secretName = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i;

/** Defaults, then config.yaml, then the environment, then flags: the later wins. */
export function loadConfig({ environment, flags }: ConfigSources): Config {
  const home = resolve(environment['GRAVIX_HOME'] ?? join(homedir(), '.gravix'));
  const file = readConfigFile(join(home, 'config.yaml'));
  const origins = new Map<string, string>(Object.keys(file).map((name) => [name, `${name} in config.yaml`]));
  const values: Record<string, unknown> = { ...file };
  for (const name of settingNames) {
    const { environment: variable, flag } = settingMeta(name);
    const fromEnvironment = variable === undefined ? undefined : environment[variable];
    if (fromEnvironment !== undefined && fromEnvironment !== '') {
      values[name] = fromEnvironment;
      origins.set(name, variable ?? name);
    }
    if (flags[name] !== undefined) {
      values[name] = flags[name];
      origins.set(name, flag ?? name);
    }
  }
  const parsed = configSchema.safeParse(values);
  if (!parsed.success) {
    throw new ConfigError(describeProblem(parsed.error.issues[0], origins));
  }
  const key = environment['GRAVIXLAYER_API_KEY'];
  return {
    ...parsed.data,
    home,
    environmentKey: key === undefined || key === '' ? undefined : key,
    childEnvironment: withoutSecrets(environment),
  };
}

function readConfigFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return {};
    }
    throw new ConfigError(
      `config.yaml can't be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
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
    // The parser shows the place below its sentence; the sentence names it, and one line is enough.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ConfigError(`config.yaml is not valid YAML: ${sentence.replace(/:?$/, '.')}`);
  }
  throw new ConfigError('config.yaml must be a mapping of setting names to values.');
}

interface Problem {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

function describeProblem(problem: Problem | undefined, origins: ReadonlyMap<string, string>): string {
  if (problem === undefined) {
    return 'The configuration is not valid.';
  }
  if (problem.code === 'unrecognized_keys') {
    return `config.yaml has a setting that does not exist: ${problem.keys?.join(', ')}.`;
  }
  const name = String(problem.path[0]);
  return `${origins.get(name) ?? name} is not valid: ${problem.message}.`;
}

function withoutSecrets(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !secretName.test(name)) {
      kept[name] = value;
    }
  }
  return kept;
}
