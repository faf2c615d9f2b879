import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { toRawMapping, toRawText } from './raw-config.ts';

/** Where the keys of upstreams come from. */
export interface KeySources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of config.yaml. */
  readonly folder: string;
}

interface KeyFields {
  readonly apiKeyEnv?: string | undefined;
  readonly apiKeyFile?: string | undefined;
}

/** The key, or why there is none. Neither: the upstream has no key. A problem never quotes a key. */
export interface UpstreamKey {
  readonly key?: string;
  readonly problem?: { readonly field: keyof KeyFields; readonly words: string };
}

/** Visible ASCII characters, as they may stand in a header. */
const keyPattern = /^[\x21-\x7e]+$/;
/** A file that is larger is not a key. */
const keyFileBytesMax = 8192;

/** The keys of all upstreams by the upstream's name. The upstreams may be wrong anywhere. */
export function readUpstreamKeys(upstreams: unknown, sources: KeySources): ReadonlyMap<string, UpstreamKey> {
  const entries = Object.entries(toRawMapping(upstreams)).map(([name, value]) => {
    const { apiKeyEnv, apiKeyFile } = toRawMapping(value);
    const fields = { apiKeyEnv: toRawText(apiKeyEnv), apiKeyFile: toRawText(apiKeyFile) };
    return [name, readUpstreamKey(fields, sources)] as const;
  });
  return new Map(entries);
}

function readUpstreamKey(
  { apiKeyEnv, apiKeyFile }: KeyFields,
  { environment, folder }: KeySources,
): UpstreamKey {
  if (apiKeyEnv !== undefined) {
    const key = environment[apiKeyEnv]?.trim();
    return key === undefined || key === ''
      ? toProblem('apiKeyEnv', `names the environment variable ${apiKeyEnv}, which is not set`)
      : checkKey('apiKeyEnv', key);
  }
  if (apiKeyFile === undefined) return {};
  const path = resolve(folder, apiKeyFile);
  try {
    const bytes = statSync(path).size;
    if (bytes > keyFileBytesMax) {
      return toProblem('apiKeyFile', `names a file of ${bytes} bytes; a key has at most ${keyFileBytesMax}`);
    }
    return checkKey('apiKeyFile', readFileSync(path, 'utf8').trim());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    return toProblem('apiKeyFile', `names the file ${apiKeyFile}, which can't be read (${code})`);
  }
}

function checkKey(field: keyof KeyFields, key: string): UpstreamKey {
  if (keyPattern.test(key)) return { key };
  return toProblem(
    field,
    'must lead to a key of visible ASCII characters in one line; the one there is empty or has others',
  );
}

function toProblem(field: keyof KeyFields, words: string): UpstreamKey {
  return { problem: { field, words } };
}
