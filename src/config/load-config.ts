import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { assertKnownVariables } from './assert-known-variables.ts';
import { type Config, configSchema, settingMeta, settingNames } from './config.ts';
import { ConfigError } from './config-error.ts';
import { describeSettings } from './describe-settings.ts';

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By setting name, as parsed from the command line. Undefined values count as absent. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Names of variables that may hold secrets. Child processes don't get them. */
const secretName = /KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH/i;
/** A URL with a user name or password, as used for proxies and databases. */
const secretValue = /:\/\/[^/\s@]*@/;
/** Proxy variables. Their URLs may contain a password. */
const proxyName = /^(?:https?|all|no)_proxy$/i;
/** Maximum characters of an invalid value that an error quotes. */
const quotedCharactersMax = 60;

/** Merges defaults, config.yaml, environment and flags. Later sources override earlier ones. */
export function loadConfig({ environment, flags }: ConfigSources): Config {
  assertKnownVariables(environment, ['GRAVIX_HOME', ...listVariables()]);
  const home = resolve(environment['GRAVIX_HOME'] || join(homedir(), '.gravix'));
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
    throw new ConfigError(describeProblem(parsed.error.issues[0], origins, values));
  }
  return {
    ...parsed.data,
    home,
    isModelChosen: origins.has('model'),
    environmentKey: environment['GRAVIXLAYER_API_KEY'] || undefined,
    huggingFaceToken: environment['HF_TOKEN'] || undefined,
    childEnvironment: withoutSecrets(environment),
    proxyEnvironment: pickProxies(environment),
  };
}

function listVariables(): readonly string[] {
  return settingNames.flatMap((name) => settingMeta(name).environment ?? []);
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
      `Can't read config.yaml: ${error instanceof Error ? error.message : String(error)}.`,
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
    throw new ConfigError(
      `config.yaml is not valid YAML: ${error instanceof Error ? toFirstLine(error.message) : String(error)}.`,
    );
  }
  throw new ConfigError('config.yaml must be a mapping of setting names to values.');
}

/** Drops the excerpt of the file that the parser appends to its message. */
function toFirstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}

interface Problem {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

function describeProblem(
  problem: Problem | undefined,
  origins: ReadonlyMap<string, string>,
  values: Readonly<Record<string, unknown>>,
): string {
  if (problem === undefined) {
    return 'The configuration is not valid.';
  }
  if (problem.code === 'unrecognized_keys') {
    const known = settingNames.join(', ');
    return `config.yaml has an unknown setting: ${problem.keys?.join(', ')}. The settings are: ${known}.`;
  }
  const name = String(problem.path[0]);
  const setting = describeSettings().find((candidate) => candidate.name === name);
  const origin = origins.get(name) ?? name;
  return `${origin} must be ${setting?.range}${setting?.mayHoldSecret ? '' : `, not ${quote(values[name])}`}.`;
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  return text.length > quotedCharactersMax ? `${text.slice(0, quotedCharactersMax)}…` : text;
}

function pickProxies(environment: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => proxyName.test(name)));
}

function withoutSecrets(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  const secretVariables = settingNames
    .map(settingMeta)
    .flatMap(({ isSecret, environment: variable }) =>
      isSecret === true && variable !== undefined ? [variable] : [],
    );
  for (const [name, value] of Object.entries(environment)) {
    const isSecret = secretVariables.includes(name) || secretName.test(name) || secretValue.test(value ?? '');
    if (value !== undefined && !isSecret) {
      kept[name] = value;
    }
  }
  return kept;
}
