import type { ModelCapabilities, ModelFacts } from '../../backend/model-facts.ts';
import type { Config } from '../../config/config.ts';
import type { DeploymentSettings } from '../../config/deployment-settings.ts';
import type { ModelSettings } from '../../config/model-settings.ts';
import { systemClock } from '../../gateway/clock.ts';
import { compositePolicyDefaults } from '../../gateway/composite-policy.ts';
import { type CompositeBackend, createCompositeBackend } from '../../gateway/create-composite-backend.ts';
import type { RoutedModel, RoutedModelSource } from '../../gateway/router.ts';
import type { ModelPlace } from '../../service/upstream-overview.ts';
import { createEmbeddedDeployment } from './embedded-deployment.ts';
import { toOrder } from './list-configured-models.ts';
import { toDiscoveredModel } from './to-discovered-model.ts';
import {
  createUpstreamDeployment,
  type ServedDeployment,
  type UpstreamDeployment,
} from './upstream-deployment.ts';
import type { UpstreamFleet } from './upstream-fleet.ts';

export type ConfiguredModelsConfig = Pick<
  Config,
  'upstreams' | 'models' | 'queueLengthMax' | 'queueWaitMsMax' | 'requestMsMax'
>;

/** A model with deployments, and the composite backend that stays its own through reloads. */
interface Served {
  readonly composite: CompositeBackend;
  /** Those that serve first come first. */
  readonly deployments: readonly (ServedDeployment | UpstreamDeployment)[];
  readonly routed: RoutedModel;
}

export interface ConfiguredModels {
  /** The models that the configuration names. */
  readonly configured: RoutedModelSource;
  /** The models that upstreams with `discover` list, under their own names. */
  readonly discovered: RoutedModelSource;
  /** Serves what this configuration says. Running requests of what is gone go on to their end. */
  apply(config: ConfiguredModelsConfig): void;
  /** The places of each model's deployments. */
  listPlaces(): readonly ModelPlace[];
  close(drainTimeoutMs: number): Promise<void>;
}

export interface ConfiguredModelsOptions {
  readonly config: ConfiguredModelsConfig;
  readonly fleet: UpstreamFleet;
  readonly installed: RoutedModelSource;
  readonly startedAtSeconds: number;
  /** Hears why a backend that is gone could not be closed. */
  readonly onCloseFailure: (error: unknown) => void;
}

export function createConfiguredModels(options: ConfiguredModelsOptions): ConfiguredModels {
  const { fleet, onCloseFailure } = options;
  let config = options.config;
  let configured = new Map<string, Served>();
  let discovered = new Map<string, Served>();
  /** The upstream of each of these. */
  let upstreamsFound: ReadonlyMap<string, string> = new Map();
  let lists = { configured: [] as readonly RoutedModel[], discovered: [] as readonly RoutedModel[] };

  const serve = (models: readonly ModelSettings[], before: ReadonlyMap<string, Served>) => {
    const next = new Map<string, Served>();
    for (const model of models)
      next.set(model.name, createServed(model, before.get(model.name), options, config));
    for (const [name, { composite, deployments }] of before) {
      if (next.has(name)) continue;
      // Its running requests end within this time, so none is cut off.
      composite.close(config.requestMsMax).catch(onCloseFailure);
      closeLeftOut(deployments, [], config.requestMsMax, onCloseFailure);
    }
    return next;
  };
  const listRouted = (served: ReadonlyMap<string, Served>) =>
    [...served.values()].map(({ routed }) => routed);
  const discover = (found: ReadonlyMap<string, string>) => {
    upstreamsFound = found;
    discovered = serve(
      [...found].map(([name, upstream]) => toDiscoveredModel(upstream, name)),
      discovered,
    );
    lists = { ...lists, discovered: listRouted(discovered) };
  };
  const applyNow = () => {
    configured = serve(
      config.models.filter(({ deployments }) => deployments !== undefined),
      configured,
    );
    lists = { ...lists, configured: listRouted(configured) };
    discover(findDiscovered(config, fleet, configured));
  };
  applyNow();

  return {
    configured: { current: () => lists.configured, refresh: async () => undefined },
    discovered: {
      current: () => lists.discovered,
      refresh: async () => {
        const found = findDiscovered(config, fleet, configured);
        if (!isSame(upstreamsFound, found)) discover(found);
      },
    },
    apply: (next) => {
      config = next;
      applyNow();
    },
    listPlaces: () =>
      [...configured, ...discovered].flatMap(([modelName, { composite }]) =>
        composite.listPlaces().map((place) => ({ ...place, modelName })),
      ),
    close: async (drainTimeoutMs) => {
      const all = [...configured.values(), ...discovered.values()];
      await Promise.all(all.map(({ composite }) => composite.close(drainTimeoutMs)));
    },
  };
}

/** The same models of the same upstreams: one may stop to serve what another one goes on to serve. */
function isSame(before: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): boolean {
  return before.size === found.size && [...found].every(([name, upstream]) => before.get(name) === upstream);
}

/** The upstream of each discovered model: of those that list the same one, the first in the configuration. */
function findDiscovered(
  { upstreams }: ConfiguredModelsConfig,
  fleet: UpstreamFleet,
  configured: ReadonlyMap<string, Served>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [upstream, { discover }] of Object.entries(upstreams)) {
    if (!discover) continue;
    for (const { id } of fleet.find(upstream)?.facts().models ?? []) {
      if (!configured.has(id) && !found.has(id)) found.set(id, upstream);
    }
  }
  return found;
}

function createServed(
  model: ModelSettings,
  before: Served | undefined,
  options: ConfiguredModelsOptions,
  config: ConfiguredModelsConfig,
): Served {
  const deployments = toOrder(model.deployments ?? []).map((settings) =>
    toDeployment(model, settings, before, options, config),
  );
  const plain = deployments.map(({ deployment }) => deployment);
  const { queueLengthMax, queueWaitMsMax } = config;
  const composite =
    before?.composite ??
    createCompositeBackend(
      plain,
      { ...compositePolicyDefaults, modelName: model.name, queueLengthMax, queueWaitMsMax },
      systemClock,
      options.onCloseFailure,
    );
  if (before !== undefined) {
    composite.replaceDeployments(plain);
    closeLeftOut(before.deployments, deployments, config.requestMsMax, options.onCloseFailure);
  }
  const [first] = deployments;
  const routed: RoutedModel = {
    name: model.name,
    aliasOf: undefined,
    deploymentName: model.name,
    ownedBy: first?.ownedBy ?? 'local',
    createdAtSeconds: options.startedAtSeconds,
    backendKind: first !== undefined && 'servers' in first ? 'upstream' : 'engine',
    // What an upstream says of itself comes with its probes.
    get facts() {
      return joinFacts(deployments);
    },
    backend: composite,
  };
  return { composite, deployments, routed };
}

function toDeployment(
  { name, spillOverMs }: ModelSettings,
  settings: DeploymentSettings,
  before: Served | undefined,
  { fleet, installed }: ConfiguredModelsOptions,
  { upstreams }: ConfiguredModelsConfig,
): ServedDeployment | UpstreamDeployment {
  const { embedded, upstream: upstreamName = '', model = name } = settings;
  if (embedded !== undefined) {
    return createEmbeddedDeployment(installed, embedded === true ? name : embedded, settings, spillOverMs);
  }
  const upstreamSettings = upstreams[upstreamName];
  const upstream = fleet.find(upstreamName);
  if (upstreamSettings === undefined || upstream === undefined)
    throw new Error(`There is no upstream ${upstreamName}.`);
  const previous = before?.deployments.find(
    (one): one is UpstreamDeployment =>
      'options' in one && one.ownedBy === upstreamName && one.options.model === model,
  );
  return createUpstreamDeployment(
    { upstream, upstreamName, upstreamSettings, model, settings, spillOverMs },
    previous,
  );
}

/** Their running requests end within `requestMsMax`. */
function closeLeftOut(
  before: Served['deployments'],
  after: Served['deployments'],
  requestMsMax: number,
  onCloseFailure: (error: unknown) => void,
): void {
  const kept = new Set(after.map((one) => ('servers' in one ? one.servers : undefined)));
  for (const one of before)
    if ('servers' in one && !kept.has(one.servers)) one.servers.close(requestMsMax).catch(onCloseFailure);
}

/** The facts of the deployment that serves first, and what any of them can do. */
function joinFacts(deployments: Served['deployments']): ModelFacts {
  const all = deployments.map((deployment) => deployment.facts());
  const can = (name: keyof ModelCapabilities) => all.some(({ capabilities }) => capabilities[name]);
  return {
    ...all[0],
    capabilities: {
      chat: can('chat'),
      completions: can('completions'),
      tools: can('tools'),
      structuredOutputs: can('structuredOutputs'),
      reasoning: can('reasoning'),
      logprobs: can('logprobs'),
      embeddings: can('embeddings'),
    },
  };
}
