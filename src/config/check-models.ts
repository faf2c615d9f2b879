import { checkPrices } from './check-prices.ts';
import { type ConfigPath, type ConfigProblem, toConfigProblem } from './config-problem.ts';
import { type RawMapping, toRawList, toRawMapping, toRawText } from './raw-config.ts';

/** Names that occur once, upstreams that exist, and one currency for all prices. */
export function checkModels(values: RawMapping): readonly ConfigProblem[] {
  const models = toRawList(values['models']).map(toRawMapping);
  const upstreams = Object.keys(toRawMapping(values['upstreams']));
  const deployments = models.flatMap((model, at) =>
    toRawList(model['deployments']).flatMap((deployment, place) =>
      checkDeployment(['models', at, 'deployments', place], toDeployment(deployment), upstreams),
    ),
  );
  return [
    ...checkNames(models),
    ...deployments,
    ...models.flatMap(checkRepeats),
    ...checkAliases(values['aliases'], models),
    ...checkPrices(models),
  ];
}

function toDeployment(value: unknown): RawMapping {
  return value === 'embedded' ? { embedded: true } : toRawMapping(value);
}

function checkNames(models: readonly RawMapping[]): readonly ConfigProblem[] {
  return models.flatMap(({ name }, at) => {
    const first = models.findIndex((model) => model['name'] === name);
    if (typeof name !== 'string' || first === at) return [];
    return [
      toConfigProblem(['models', at, 'name'], `must be another than that of models[${first}], ${name}`),
    ];
  });
}

/** Fields that mean nothing to the embedded engine. */
const upstreamFields = [
  'model',
  'requestsMax',
  'timeouts',
  'contextLength',
  'capabilities',
  'passParameters',
  'imageAddresses',
] as const;

function checkDeployment(
  path: ConfigPath,
  deployment: RawMapping,
  upstreams: readonly string[],
): readonly ConfigProblem[] {
  const { embedded, upstream } = deployment;
  if ((embedded === undefined) === (upstream === undefined)) {
    return [toConfigProblem(path, 'must have either upstream or embedded')];
  }
  if (embedded !== undefined) {
    return upstreamFields
      .filter((field) => deployment[field] !== undefined)
      .map((field) => toConfigProblem([...path, field], 'must be absent with embedded, which ignores it'));
  }
  const name = toRawText(upstream);
  if (name === undefined || upstreams.includes(name)) return [];
  const known = upstreams.length === 0 ? 'there is none' : `the upstreams are ${upstreams.join(', ')}`;
  return [toConfigProblem([...path, 'upstream'], `names ${name}, which is not an upstream; ${known}`)];
}

/** The same model of the same upstream twice would be one deployment with two sets of limits. */
function checkRepeats(model: RawMapping, at: number): readonly ConfigProblem[] {
  const targets = toRawList(model['deployments'])
    .map(toDeployment)
    .map(({ embedded, upstream, model: wanted }) =>
      JSON.stringify([embedded === true ? model['name'] : embedded, upstream, wanted ?? model['name']]),
    );
  return targets.flatMap((target, place) => {
    const first = targets.indexOf(target);
    if (first === place) return [];
    return [
      toConfigProblem(
        ['models', at, 'deployments', place],
        `must be another deployment than models[${at}].deployments[${first}]`,
      ),
    ];
  });
}

function checkAliases(aliases: unknown, models: readonly RawMapping[]): readonly ConfigProblem[] {
  return Object.entries(toRawMapping(aliases)).flatMap(([alias, target]) => {
    const path = ['aliases', alias];
    if (alias === target) return [toConfigProblem(path, 'must stand for another name than itself')];
    const at = models.findIndex(({ name, deployments }) => name === alias && deployments !== undefined);
    if (at < 0) return [];
    return [toConfigProblem(path, `must have another name than models[${at}], which it would hide`)];
  });
}
