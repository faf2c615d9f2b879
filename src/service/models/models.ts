import type { BackendState } from '../../backend/backend.ts';
import type { ModelFacts } from '../../backend/model-facts.ts';
import type { Deployment, Router } from '../../gateway/router.ts';
import { type KeyIdentity, mayUseModel } from '../keys/key-identity.ts';
import { createModelNotAllowedError, createModelNotFoundError } from '../service-error.ts';

/** A model as clients may know it. */
export interface ServedModel
  extends Pick<Deployment, 'name' | 'aliasOf' | 'ownedBy' | 'createdAtSeconds' | 'backendKind'> {
  /** Other names for it. */
  readonly aliases: readonly string[];
  readonly state: BackendState;
  readonly facts: ModelFacts;
}

/** The served models. */
export interface ModelService {
  /** Models that chat come first, and of those the default. Only those that a key may use, where there is one. */
  list(key?: Pick<KeyIdentity, 'models'>): Promise<readonly ServedModel[]>;
  /** Throws `ServiceError` `model_not_found`. */
  get(modelName: string): Promise<ServedModel>;
  /** A request can be served now, be it after a load on demand. */
  isReady(): Promise<boolean>;
  /** Throws `ServiceError` `model_not_allowed` where a key may not use the model of this name; it need not be there. */
  assertAllowed(key: Pick<KeyIdentity, 'models'>, modelName: string): void;
}

/** @param isDefault whether a model is the one that this server was started with. */
export function createModelService(
  router: Router,
  isDefault: (modelName: string) => boolean = () => false,
): ModelService {
  const isAllowed = (key: Pick<KeyIdentity, 'models'>, modelName: string) =>
    mayUseModel(key, router.listNames(modelName));
  return {
    list: async (key) => {
      const deployments = await router.list();
      const usable = key === undefined ? deployments : deployments.filter(({ name }) => isAllowed(key, name));
      return toOrder(usable, isDefault).map((deployment) => toServedModel(deployment, usable));
    },
    get: async (modelName) => {
      const deployment = await router.find(modelName);
      if (deployment === undefined) {
        throw createModelNotFoundError(modelName);
      }
      return toServedModel(deployment, await router.list());
    },
    assertAllowed: (key, modelName) => {
      if (!isAllowed(key, modelName)) throw createModelNotAllowedError(modelName);
    },
    isReady: async () => {
      const states = new Set((await router.list()).map(({ backend }) => backend.state()));
      return states.has('ready') || (states.has('unloaded') && !states.has('starting'));
    },
  };
}

/** Clients take the first of the list for a chat: models that chat come first, and of those the default. */
function toOrder(
  deployments: readonly Deployment[],
  isDefault: (modelName: string) => boolean,
): readonly Deployment[] {
  const toRank = ({ name, facts }: Deployment) =>
    (facts.capabilities.chat ? 0 : 2) + (isDefault(name) ? 0 : 1);
  return [...deployments].sort((one, other) => toRank(one) - toRank(other));
}

function toServedModel(deployment: Deployment, all: readonly Deployment[]): ServedModel {
  const { name, aliasOf, ownedBy, createdAtSeconds, backendKind, facts, backend } = deployment;
  const target = aliasOf ?? name;
  return {
    name,
    aliasOf,
    ownedBy,
    createdAtSeconds,
    backendKind,
    aliases: all.filter((other) => other.aliasOf === target).map((other) => other.name),
    state: backend.state(),
    facts: { ...facts, contextLength: toContextLength(deployment) },
  };
}

/** Tokens that prompt and completion may have together: a loaded model knows what it really has. */
export function toContextLength({
  backend,
  facts,
}: Pick<Deployment, 'backend' | 'facts'>): number | undefined {
  return backend.describe()?.contextLength ?? facts.contextLength;
}
