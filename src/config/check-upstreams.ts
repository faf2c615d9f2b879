import { isIP } from 'node:net';
import { toHost } from '../upstream-rules/refused-addresses.ts';
import { toReplicaName } from '../upstream-rules/replica-name.ts';
import { type ConfigProblem, toConfigProblem } from './config-problem.ts';
import { type RawMapping, toRawList, toRawMapping, toRawText } from './raw-config.ts';
import type { UpstreamKey } from './read-upstream-keys.ts';

/** How the fields of each upstream relate, and whether its key is there. */
export function checkUpstreams(
  upstreams: unknown,
  keys: ReadonlyMap<string, UpstreamKey> | undefined,
): readonly ConfigProblem[] {
  return Object.entries(toRawMapping(upstreams)).flatMap(([name, value]) => {
    const upstream = toRawMapping(value);
    const path = ['upstreams', name];
    return [
      ...checkAddress(path, upstream),
      ...checkReplicas(path, upstream),
      ...checkName(path, upstream),
      ...checkMode(path, upstream),
      ...checkKey(path, upstream, keys?.get(name)),
    ];
  });
}

const addressFields = ['baseUrl', 'addresses', 'dns'] as const;

function checkAddress(path: readonly string[], upstream: RawMapping): readonly ConfigProblem[] {
  const given = addressFields.filter((field) => upstream[field] !== undefined);
  if (given.length === 0) {
    return [toConfigProblem(path, 'must have baseUrl (one server or router), addresses or dns (replicas)')];
  }
  if (given.length === 1) return [];
  return [
    toConfigProblem(path, `must have only one of baseUrl, addresses and dns, not ${given.join(' and ')}`),
  ];
}

/** Each replica has a name of its own, and its share of the requests. */
function checkReplicas(path: readonly string[], { addresses }: RawMapping): readonly ConfigProblem[] {
  const places = new Map<string, number>();
  return toRawList(addresses).flatMap((address, place) => {
    const url = toUrl(address);
    const name = url && toReplicaName(url);
    const first = name === undefined ? undefined : places.get(name);
    if (name !== undefined && first === undefined) places.set(name, place);
    return first === undefined
      ? []
      : [toConfigProblem([...path, 'addresses', place], `must be another server than addresses[${first}]`)];
  });
}

function checkName(path: readonly string[], { dns }: RawMapping): readonly ConfigProblem[] {
  const url = toUrl(dns);
  if (url === undefined || isIP(toHost(url)) === 0) return [];
  const words = 'must have a name that has address records, not an address; use addresses for these';
  return [toConfigProblem([...path, 'dns'], words)];
}

function toUrl(value: unknown): URL | undefined {
  const text = toRawText(value);
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

function checkMode(path: readonly string[], upstream: RawMapping): readonly ConfigProblem[] {
  const { mode, baseUrl, projectHeader } = upstream;
  const problems: ConfigProblem[] = [];
  if (mode === 'router' && baseUrl === undefined) {
    problems.push(toConfigProblem([...path, 'mode'], 'must be replicas here: a router is one baseUrl'));
  }
  if (mode === 'replicas' && baseUrl !== undefined) {
    problems.push(
      toConfigProblem([...path, 'mode'], 'needs addresses or dns instead of baseUrl to be replicas'),
    );
  }
  if (projectHeader !== undefined && mode !== 'router') {
    problems.push(
      toConfigProblem(
        [...path, 'projectHeader'],
        'must be absent unless mode is router, which alone reads it',
      ),
    );
  }
  return problems;
}

function checkKey(
  path: readonly string[],
  upstream: RawMapping,
  key: UpstreamKey | undefined,
): readonly ConfigProblem[] {
  const { apiKeyEnv, apiKeyFile } = upstream;
  if (toRawText(apiKeyEnv) !== undefined && toRawText(apiKeyFile) !== undefined) {
    return [toConfigProblem(path, 'must have only one of apiKeyEnv and apiKeyFile')];
  }
  const problem = key?.problem;
  return problem === undefined ? [] : [toConfigProblem([...path, problem.field], problem.words)];
}
