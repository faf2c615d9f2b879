// What an operator knows of the models: which are in memory, which would fit, and which could be pulled.
import type { Router } from '../../gateway/router.ts';
import { createModelNotFoundError, ServiceError } from '../service-error.ts';
import type { ModelService, ServedModel } from './models.ts';
import { listPullableFamilies, type PullableFamily } from './pullable-models.ts';

/** Whether a model could be loaded now: it is, without unloading another one, after that, or not at all. */
export type ModelFit = 'loaded' | 'free' | 'after-unloading' | 'never';

/** The models in memory. */
export interface ModelMemory {
  /** Of an installed model. */
  inspect(name: string):
    | {
        readonly isPinned: boolean;
        /** An estimate, in bytes. */
        readonly needBytes: number;
        readonly fit: ModelFit;
      }
    | undefined;
  totals(): MemoryTotals;
  /** A pinned model is not unloaded to make room. Until the server ends; the setting `pinned` is for ever. */
  setPinned(name: string, isPinned: boolean): void;
}

export interface MemoryTotals {
  /** What all models together may have, in bytes. */
  readonly limitBytes: number;
  /** An estimate of what the loaded ones have, in bytes. */
  readonly usedBytes: number;
  readonly loadedModels: number;
  readonly loadedModelsMax: number;
  /** Of the machine, in bytes. */
  readonly machineFreeBytes: number;
}

export interface ListedModel extends ServedModel {
  readonly isDefault: boolean;
  readonly isPinned: boolean;
  /** Undefined for a model of another server, as is `fit`. */
  readonly needBytes: number | undefined;
  readonly fit: ModelFit | undefined;
  readonly running: number;
  readonly waiting: number;
  readonly slots: number | undefined;
}

export interface ModelInventory {
  /** Without aliases, which are listed with their models. */
  list(): Promise<{ readonly models: readonly ListedModel[]; readonly memory: MemoryTotals }>;
  /** The models of the catalogue that are not installed. */
  listCatalogue(): Promise<readonly PullableFamily[]>;
  /** Throws `ServiceError` `model_not_found`, or `remote_model` for a model that no engine here serves. */
  setPinned(name: string, isPinned: boolean): Promise<ListedModel>;
}

export interface ModelInventoryOptions {
  readonly router: Router;
  readonly models: ModelService;
  readonly memory: ModelMemory;
  readonly isDefault: (modelName: string) => boolean;
  /** The operator's limit for all models together, in bytes. */
  readonly modelMemoryBytesMax: number | undefined;
}

export function createModelInventory(options: ModelInventoryOptions): ModelInventory {
  const { router, models, memory, isDefault, modelMemoryBytesMax } = options;
  const listModels = async (): Promise<readonly ListedModel[]> => {
    const served = await models.list();
    const loads = new Map((await router.list()).map(({ name, backend }) => [name, backend.load()]));
    return served
      .filter(({ aliasOf }) => aliasOf === undefined)
      .map((model) => {
        const { running = 0, waiting = 0, slots } = loads.get(model.name) ?? {};
        const held = model.backendKind === 'engine' ? memory.inspect(model.name) : undefined;
        return {
          ...model,
          isDefault: isDefault(model.name),
          isPinned: held?.isPinned ?? false,
          needBytes: held?.needBytes,
          fit: held?.fit,
          running,
          waiting,
          slots,
        };
      });
  };
  return {
    list: async () => ({ models: await listModels(), memory: memory.totals() }),
    listCatalogue: async () => {
      const served = await models.list();
      const names = served.filter(({ aliasOf }) => aliasOf === undefined).map(({ name }) => name);
      return listPullableFamilies(names, modelMemoryBytesMax);
    },
    async setPinned(name, isPinned) {
      const model = await router.find(name);
      if (model === undefined) throw createModelNotFoundError(name);
      const target = model.aliasOf ?? model.name;
      if (model.backendKind === 'upstream' || memory.inspect(target) === undefined) {
        const message = `'${name}' is not served by the engine of this server, so it can't be pinned.`;
        throw new ServiceError('remote_model', message, { kind: 'model' });
      }
      memory.setPinned(target, isPinned);
      const listed = (await listModels()).find((one) => one.name === target);
      if (listed === undefined) throw createModelNotFoundError(name);
      return listed;
    },
  };
}
