import { BackendError } from '../backend/backend-error.ts';
import { findCatalogEntry } from '../catalog/catalog.ts';
import { toFullModelName } from '../catalog/full-model-name.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { ModelLibrary } from '../catalog/model-library.ts';
import { readModelMemoryBytes } from '../catalog/model-memory.ts';
import type { Config } from '../config/config.ts';
import { engineCapabilities } from '../engine/engine-capabilities.ts';
import { joinSources } from '../gateway/join-sources.ts';
import { createRouter, type RoutedModel, type Router } from '../gateway/router.ts';
import { InstalledModels, type ServableModel } from '../residency/installed-models.ts';
import type { ModelEvent } from '../residency/model-event.ts';
import { ModelPool } from '../residency/model-pool.ts';
import type { ModelMemory } from '../service/models/model-inventory.ts';
import type { ModelPlace } from '../service/upstream-overview.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createEngine } from './engine.ts';
import { estimateNeedBytes } from './estimate-need.ts';
import { createModelMemory } from './model-memory.ts';
import { assertServableAliases } from './servable-aliases.ts';
import { toModelFacts } from './to-model-facts.ts';
import { createConfiguredModels } from './upstreams/configured-models.ts';
import type { UpstreamListeners } from './upstreams/open-upstream.ts';
import { createUpstreamFleet, type ListedUpstream } from './upstreams/upstream-fleet.ts';

/** The installed models, and those of upstreams. */
export interface ServedModels {
  readonly router: Router;
  readonly pool: ModelPool;
  readonly installed: InstalledModels;
  readonly memory: ModelMemory;
  /** As of the last look, without aliases. */
  current(): readonly RoutedModel[];
  listPlaces(): readonly ModelPlace[];
  listUpstreams(): readonly ListedUpstream[];
  /** Serves the upstreams, models and aliases of this configuration. Throws `AliasError`, and then nothing changes. */
  apply(config: Config): void;
  close(drainTimeoutMs: number): Promise<void>;
}

export interface ServedModelsOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly library: ModelLibrary;
  readonly onEvent: (event: ModelEvent) => void;
  /** The process of a model ended by itself; it is started again. */
  readonly onEngineCrash: (modelName: string) => void;
  readonly onUpstreamCall: UpstreamListeners['onCall'];
}

export function createServedModels(options: ServedModelsOptions): ServedModels {
  const { config, logger, library, onEvent } = options;
  const modelMemoryBytesMax = readModelMemoryBytes(config.modelMemoryBytesMax);
  const { loadedModelsMax, slots, queueLengthMax, queueWaitMsMax, restartDelayMsMax } = config;
  const pool = new ModelPool({
    budget: { modelMemoryBytesMax, loadedModelsMax },
    // The concurrency of the loaded model: its slots and its queue.
    limits: { waitersMax: slots + queueLengthMax, queueWaitMsMax, retryAfterMs: restartDelayMsMax },
    onEvent: (event) => {
      const { type, tookMs, ...rest } = event;
      const details = tookMs === undefined ? rest : { ...rest, tookMs: Math.round(tookMs) };
      logger[type === 'load-failed' ? 'error' : 'info'](details, `model-${type}`);
      onEvent(event);
    },
  });
  const pinned = new Set(toNames(config.pinned, config.aliases));
  // Models loaded at startup stay until their memory is needed. So does a pinned one, as long as it is pinned.
  const staying = toNames([config.model, ...config.preload], config.aliases);
  const installed = new InstalledModels({
    pool,
    list: async () => {
      const models = await library.list();
      return models.map((model) => toServable(model, { modelMemoryBytesMax, pinned, staying }, options));
    },
  });
  const memory = createModelMemory({
    pool,
    find: (name) => installed.find(name),
    pinned,
    budget: { modelMemoryBytesMax, loadedModelsMax },
  });
  return { pool, installed, memory, ...startRouter(options, pool, installed) };
}

/** The router of the joined models, and what changes them. */
function startRouter(
  { config, logger, onUpstreamCall }: ServedModelsOptions,
  pool: ModelPool,
  installed: InstalledModels,
) {
  const fleet = createUpstreamFleet({ logger, onCall: onUpstreamCall });
  fleet.apply(config);
  const startedAtSeconds = Math.floor(Date.now() / 1000);
  const models = createConfiguredModels({
    config,
    fleet,
    installed,
    startedAtSeconds,
    onCloseFailure: (error) =>
      logger.warn({ err: error }, 'a backend that the configuration left out could not be closed'),
  });
  const source = joinSources([models.configured, installed, models.discovered]);
  let router = createRouter(source, config.aliases, toFullModelName);
  return {
    router: toCurrentRouter(() => router),
    current: () => source.current(),
    listPlaces: () => models.listPlaces(),
    listUpstreams: () => fleet.list(),
    apply: (next: Config) => {
      assertServableAliases(next, installed, models.discovered);
      fleet.apply(next);
      models.apply(next);
      router = createRouter(source, next.aliases, toFullModelName);
    },
    close: async (drainTimeoutMs: number) => {
      await Promise.all([models.close(drainTimeoutMs), pool.close(drainTimeoutMs)]);
      await fleet.close();
    },
  };
}

/** Services keep this one, and a reload replaces what it asks. */
function toCurrentRouter(current: () => Router): Router {
  return {
    find: (modelName) => current().find(modelName),
    list: () => current().list(),
    listNames: (modelName) => current().listNames(modelName),
  };
}

/** Settings per model, by the names in the settings and by full names. */
interface ModelPolicy {
  readonly modelMemoryBytesMax: number;
  readonly pinned: ReadonlySet<string>;
  readonly staying: ReadonlySet<string>;
}

/** Resolves names in settings like names in requests. */
function toNames(written: readonly string[], aliases: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(written.flatMap((name) => [name, toFullModelName(name), aliases[name] ?? name]));
}

function toServable(
  model: InstalledModel,
  { modelMemoryBytesMax, pinned, staying }: ModelPolicy,
  { config, logger, library, onEngineCrash }: ServedModelsOptions,
): ServableModel {
  const { name, facts } = model;
  const prepare = () => assertUsable(library, model);
  const stays = staying.has(name) || config.keepAliveMs === -1;
  return {
    version: `${model.path} ${model.sha256}`,
    deployment: {
      name,
      deploymentName: name,
      ownedBy: findCatalogEntry(name) === undefined ? 'local' : 'library',
      createdAtSeconds: Math.floor(model.mtimeMs / 1000),
      backendKind: 'engine',
      facts: toModelFacts(model, config),
    },
    poolModel: {
      name,
      get isPinned() {
        return pinned.has(name);
      },
      get keepAliveMs() {
        return stays || pinned.has(name) ? Number.POSITIVE_INFINITY : config.keepAliveMs;
      },
      needBytes: estimateNeedBytes(facts, {
        slots: config.slots,
        contextLength: config.contextLength,
        memoryBytesMax: modelMemoryBytesMax,
      }),
      prepare,
      hasFiles: () => library.hasFiles(model),
      capabilities: engineCapabilities,
      open: () => createEngine(config, logger, model, { prepare, onCrash: () => onEngineCrash(name) }),
    },
  };
}

async function assertUsable(library: ModelLibrary, model: InstalledModel): Promise<void> {
  try {
    await library.checkModel(model);
  } catch (error) {
    throw new BackendError(
      'model_unavailable',
      'The files of this model are missing or damaged; the operator must pull it again.',
      { cause: error },
    );
  }
}
