import type { Deployment, Router } from '../../gateway/router.ts';
import { createModelNotFoundError } from '../service-error.ts';
import type { UseCase } from './use-case.ts';

/**
 * Finds and records the deployment of the model in a use case.
 *
 * @throws {ServiceError} `model_not_found`
 */
export async function findDeployment(router: Router, { model = '', notes }: UseCase): Promise<Deployment> {
  const deployment = await router.find(model);
  if (deployment === undefined) throw createModelNotFoundError(model);
  notes.deployment = deployment.deploymentName;
  return deployment;
}
