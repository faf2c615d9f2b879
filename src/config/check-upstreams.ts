import { type ConfigProblem, toConfigProblem } from './config-problem.ts';
import { type RawMapping, toRawMapping, toRawText } from './raw-config.ts';
import { type KeySources, readUpstreamKey } from './read-upstream-key.ts';

/** How the fields of each upstream relate, and whether its key exists in `sources`. */
export function checkUpstreams(
  upstreams: unknown,
  sources: KeySources | undefined,
): readonly ConfigProblem[] {
  return Object.entries(toRawMapping(upstreams)).flatMap(([name, value]) => {
    const upstream = toRawMapping(value);
    const path = ['upstreams', name];
    return [
      ...checkAddress(path, upstream),
      ...checkMode(path, upstream),
      ...checkKey(path, upstream, sources),
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
  sources: KeySources | undefined,
): readonly ConfigProblem[] {
  const apiKeyEnv = toRawText(upstream['apiKeyEnv']);
  const apiKeyFile = toRawText(upstream['apiKeyFile']);
  if (apiKeyEnv !== undefined && apiKeyFile !== undefined) {
    return [toConfigProblem(path, 'must have only one of apiKeyEnv and apiKeyFile')];
  }
  if (sources === undefined) return [];
  const { problem } = readUpstreamKey({ apiKeyEnv, apiKeyFile }, sources);
  return problem === undefined ? [] : [toConfigProblem([...path, problem.field], problem.words)];
}
