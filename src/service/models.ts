import type { Deployment, Router } from '../gateway/router.ts';
import { createModelNotFoundError } from './service-error.ts';

/** A model as clients may know it. */
export type ServedModel = Pick<Deployment, 'name' | 'aliasOf' | 'ownedBy' | 'createdAtSeconds'>;

/** What this server serves. */
export interface ModelService {
  list(): readonly ServedModel[];
  /** Throws `ServiceError` `model_not_found`. */
  get(modelName: string): ServedModel;
  /** A request can be served now. */
  isReady(): boolean;
}

export function createModelService(router: Router): ModelService {
  return {
    list: () => router.list(),
    get: (modelName) => {
      const deployment = router.find(modelName);
      if (deployment === undefined) {
        throw createModelNotFoundError(modelName);
      }
      return deployment;
    },
    isReady: () => router.list().some(({ backend }) => backend.state() === 'ready'),
  };
}
