import type { RoutedModel, RoutedModelSource } from '../gateway/router.ts';
import type { ModelPool } from './model-pool.ts';
import { OnDemandBackend } from './on-demand-backend.ts';
import type { PoolModel } from './resident-model.ts';

/** A model on disk, and how to serve it. */
export interface ServableModel {
  readonly deployment: Omit<RoutedModel, 'backend' | 'aliasOf'>;
  readonly poolModel: PoolModel;
  /** Changes with the model's files. A loaded model with an old version is unloaded. */
  readonly version: string;
}

export interface InstalledModelsOptions {
  readonly pool: ModelPool;
  /** Lists all installed models. */
  readonly list: () => Promise<readonly ServableModel[]>;
}

interface Entry {
  readonly deployment: RoutedModel;
  readonly poolModel: PoolModel;
  readonly version: string;
}

/** Calls within this time share one result, in milliseconds. */
const refreshIntervalMs = 250;

/**
 * Installed models as deployments that are loaded on demand. Models may be installed and removed at any time.
 */
export class InstalledModels implements RoutedModelSource {
  readonly #options: InstalledModelsOptions;
  #entries = new Map<string, Entry>();
  #deployments: readonly RoutedModel[] = [];
  #refreshing: Promise<void> | undefined;
  #refreshedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: InstalledModelsOptions) {
    this.#options = options;
  }

  current(): readonly RoutedModel[] {
    return this.#deployments;
  }

  async refresh(): Promise<void> {
    if (performance.now() - this.#refreshedAtMs < refreshIntervalMs) return;
    await this.refreshNow();
  }

  /** Forces a new look after a change. */
  async refreshNow(): Promise<void> {
    await this.#refreshing;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  find(name: string): PoolModel | undefined {
    return this.#entries.get(name)?.poolModel;
  }

  async #refresh(): Promise<void> {
    const models = await this.#options.list();
    this.#refreshedAtMs = performance.now();
    const entries = new Map(models.map((model) => [model.deployment.name, this.#toEntry(model)]));
    for (const [name, { version }] of this.#entries) {
      if (entries.get(name)?.version !== version) void this.#options.pool.unload(name);
    }
    for (const { deployment, poolModel } of models) {
      this.#options.pool.noteFiles(deployment.name, await poolModel.hasFiles());
    }
    this.#entries = entries;
    this.#deployments = [...entries.values()].map(({ deployment }) => deployment);
  }

  #toEntry({ deployment, poolModel, version }: ServableModel): Entry {
    const known = this.#entries.get(deployment.name);
    if (known?.version === version) {
      // A pull may install the same weights with other defaults. The loaded model stays and is described with
      // the new defaults.
      const { backend } = known.deployment;
      return { ...known, deployment: { ...deployment, aliasOf: undefined, backend } };
    }
    const backend = new OnDemandBackend(this.#options.pool, poolModel);
    return { deployment: { ...deployment, aliasOf: undefined, backend }, poolModel, version };
  }
}
