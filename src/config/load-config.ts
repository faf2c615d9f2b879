import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { assertKnownVariables } from './assert-known-variables.ts';
import { checkSettings, type WrittenSettings } from './check-settings.ts';
import { type Config, type SettingOrigin, type Settings, settingMeta, settingNames } from './config.ts';
import { ConfigError } from './config-error.ts';
import { type RawMapping, toRawMapping, toRawText } from './raw-config.ts';
import { readConfigFile } from './read-config-file.ts';
import { readUpstreamKeys, type UpstreamKey } from './read-upstream-keys.ts';

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By setting name, as parsed from the command line. Undefined values count as absent. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Read in place of config.yaml in the data folder; it must exist. */
  readonly file?: string | undefined;
  /** A command that asks no upstream works without their keys. Default: true. */
  readonly needsUpstreamKeys?: boolean;
}

/** Names of variables that may hold secrets. Child processes don't get them. */
const secretName = /KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH|OTLP_.*HEADERS/i;
/** A URL with a user name or password, as used for proxies and databases. */
const secretValue = /:\/\/[^/\s@]*@/;
/** Proxy variables. Their URLs may contain a password. */
const proxyName = /^(?:https?|all|no)_proxy$/i;
/**
 * Merges defaults, config.yaml, environment and flags. Later sources override earlier ones.
 * @throws ConfigError with all problems
 */
export function loadConfig({ environment, flags, file, needsUpstreamKeys = true }: ConfigSources): Config {
  const home = resolve(environment['GRAVIX_HOME'] || join(homedir(), '.gravix'));
  const configFile = file === undefined ? join(home, 'config.yaml') : resolve(file);
  const fromFile = readConfigFile(configFile, file !== undefined);
  const keyVariables = listKeyVariables(fromFile);
  assertKnownVariables(environment, ['GRAVIX_HOME', ...listVariables(), ...keyVariables]);
  const written = mergeSources({ environment, flags }, fromFile, basename(configFile));
  const keys = readUpstreamKeys(written.values['upstreams'], { environment, folder: dirname(configFile) });
  const { settings, problems } = checkSettings(written, needsUpstreamKeys ? keys : undefined);
  if (settings === undefined || problems.length > 0) throw new ConfigError(problems);
  return {
    ...settings,
    home,
    configFile,
    settingOrigins: written.origins,
    ...toStartModel(settings, written.origins.has('model')),
    upstreamKeys: toFound(keys),
    environmentKey: environment['GRAVIXLAYER_API_KEY'] || undefined,
    huggingFaceToken: environment['HF_TOKEN'] || undefined,
    childEnvironment: withoutSecrets(environment, keyVariables),
    proxyEnvironment: pickProxies(environment),
  };
}

/**
 * A server with upstreams needs no model of its own: without a choice, the first model in `models` is the default. A
 * chosen model may also be one of `models`.
 */
function toStartModel(
  { model, models, upstreams }: Settings,
  isModelChosen: boolean,
): Pick<Config, 'model' | 'loadsModel' | 'isModelChosen'> {
  const served = models.filter(({ deployments }) => deployments !== undefined).map(({ name }) => name);
  const hasUpstreams = Object.keys(upstreams).length > 0;
  const loadsModel = isModelChosen ? !served.includes(model) : !hasUpstreams;
  return { model: loadsModel || isModelChosen ? model : (served[0] ?? model), loadsModel, isModelChosen };
}

function mergeSources(
  { environment, flags }: Pick<ConfigSources, 'environment' | 'flags'>,
  fromFile: RawMapping,
  fileName: string,
): WrittenSettings {
  const origins = new Map<string, SettingOrigin>(
    Object.keys(fromFile).map((name) => [name, { source: 'file', name }]),
  );
  const values: Record<string, unknown> = { ...fromFile };
  for (const name of settingNames) {
    const { environment: variable, flag } = settingMeta(name);
    if (variable !== undefined && environment[variable]) {
      values[name] = environment[variable];
      origins.set(name, { source: 'environment', name: variable });
    }
    if (flags[name] !== undefined) {
      values[name] = flags[name];
      origins.set(name, { source: 'flag', name: flag ?? name });
    }
  }
  return { values, origins, fileName };
}

/** Variables that hold keys of upstreams. Their names are the operator's, and may start with GRAVIX_. */
function listKeyVariables({ upstreams }: RawMapping): readonly string[] {
  return Object.values(toRawMapping(upstreams)).flatMap(
    (upstream) => toRawText(toRawMapping(upstream)['apiKeyEnv']) ?? [],
  );
}

function toFound(keys: ReadonlyMap<string, UpstreamKey>): ReadonlyMap<string, string> {
  return new Map(
    [...keys].flatMap(([name, { key }]): [string, string][] => (key === undefined ? [] : [[name, key]])),
  );
}

function listVariables(): readonly string[] {
  return settingNames.flatMap((name) => settingMeta(name).environment ?? []);
}

function pickProxies(environment: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => proxyName.test(name)));
}

function withoutSecrets(
  environment: Readonly<Record<string, string | undefined>>,
  keyVariables: readonly string[],
): Record<string, string> {
  const kept: Record<string, string> = {};
  const secretVariables = settingNames
    .map(settingMeta)
    .flatMap(({ isSecret, environment: variable }) =>
      isSecret === true && variable !== undefined ? [variable] : [],
    );
  for (const [name, value] of Object.entries(environment)) {
    const isKey = keyVariables.includes(name) || secretVariables.includes(name);
    const isSecret = isKey || secretName.test(name) || secretValue.test(value ?? '');
    if (value !== undefined && !isSecret) {
      kept[name] = value;
    }
  }
  return kept;
}
