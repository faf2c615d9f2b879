import type { RoutedModel, Router } from '../../gateway/router.ts';
import { createModelNotFoundError } from '../service-error.ts';
import type { UseCase } from './use-case.ts';

/**
 * Finds the model of a name, and records its deployment in a use case.
 *
 * @throws {ServiceError} `model_not_found`
 */
export async function findRoutedModel(router: Router, { model = '', notes }: UseCase): Promise<RoutedModel> {
  const found = await router.find(model);
  if (found === undefined) throw createModelNotFoundError(model);
  notes.deployment = found.deploymentName;
  return found;
}
