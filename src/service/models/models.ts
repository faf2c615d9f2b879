import type { BackendState } from '../../backend/backend.ts';
import type { ModelFacts } from '../../backend/model-facts.ts';
import type { RoutedModel, Router } from '../../gateway/router.ts';
import { type KeyIdentity, mayUseModel } from '../keys/key-identity.ts';
import { createModelNotAllowedError, createModelNotFoundError } from '../service-error.ts';

/** A model as clients may know it. */
export interface ServedModel
  extends Pick<RoutedModel, 'name' | 'aliasOf' | 'ownedBy' | 'createdAtSeconds' | 'backendKind'> {
  /** Other names for it. */
  readonly aliases: readonly string[];
  readonly state: BackendState;
  readonly facts: ModelFacts;
  /** Messages to it may have images. */
  readonly readsImages: boolean;
}

/** The served models. */
export interface ModelService {
  /** Models that chat come first, and of those the default. Only those that a key may use, where there is one. */
  list(key?: Pick<KeyIdentity, 'models'>): Promise<readonly ServedModel[]>;
  /** Throws `ServiceError` `model_not_found`. */
  get(modelName: string): Promise<ServedModel>;
  /** A request can be served now, be it after a load on demand. */
  isReady(): Promise<boolean>;
  /**
   * Throws `ServiceError` `model_not_allowed` where a key may not use the model of this name; it need not be there. An
   * answer of no model is allowed.
   */
  assertAllowed(key: Pick<KeyIdentity, 'models'>, modelName: string | undefined): void;
}

/** @param isDefault whether a model is the one that this server was started with. */
export function createModelService(
  router: Router,
  isDefault: (modelName: string) => boolean = () => false,
): ModelService {
  const isAllowed = (key: Pick<KeyIdentity, 'models'>, modelName: string) =>
    // Most keys may use every model: the names that a catalogue knows are looked up for the others only.
    key.models === undefined || mayUseModel(key, router.listNames(modelName));
  return {
    list: async (key) => {
      const routed = await router.list();
      const usable = key === undefined ? routed : routed.filter(({ name }) => isAllowed(key, name));
      return toOrder(usable, isDefault).map((model) => toServedModel(model, usable));
    },
    get: async (modelName) => {
      const model = await router.find(modelName);
      if (model === undefined) {
        throw createModelNotFoundError(modelName);
      }
      return toServedModel(model, await router.list());
    },
    assertAllowed: (key, modelName) => {
      if (modelName !== undefined && !isAllowed(key, modelName)) throw createModelNotAllowedError(modelName);
    },
    isReady: async () => {
      const states = new Set((await router.list()).map(({ backend }) => backend.state()));
      return states.has('ready') || (states.has('unloaded') && !states.has('starting'));
    },
  };
}

/** Clients take the first of the list for a chat: models that chat come first, and of those the default. */
function toOrder(
  routed: readonly RoutedModel[],
  isDefault: (modelName: string) => boolean,
): readonly RoutedModel[] {
  const toRank = ({ name, facts }: RoutedModel) =>
    (facts.capabilities.chat ? 0 : 2) + (isDefault(name) ? 0 : 1);
  return [...routed].sort((one, other) => toRank(one) - toRank(other));
}

function toServedModel(model: RoutedModel, all: readonly RoutedModel[]): ServedModel {
  const { name, aliasOf, ownedBy, createdAtSeconds, backendKind, facts, backend } = model;
  const target = aliasOf ?? name;
  return {
    name,
    aliasOf,
    ownedBy,
    createdAtSeconds,
    backendKind,
    aliases: all.filter((other) => other.aliasOf === target).map((other) => other.name),
    state: backend.state(),
    facts: { ...facts, contextLength: toContextLength(model) },
    readsImages: backend.capabilities.images,
  };
}

/** Tokens that prompt and completion may have together: a loaded model knows what it really has. */
export function toContextLength({
  backend,
  facts,
}: Pick<RoutedModel, 'backend' | 'facts'>): number | undefined {
  return backend.describe()?.contextLength ?? facts.contextLength;
}
