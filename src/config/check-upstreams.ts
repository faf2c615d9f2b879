import { type ConfigProblem, toConfigProblem } from './config-problem.ts';
import { type RawMapping, toRawMapping, toRawText } from './raw-config.ts';
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
