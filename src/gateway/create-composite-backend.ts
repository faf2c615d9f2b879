import type { Backend } from '../backend/backend.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CompositePolicy } from './composite-policy.ts';
import type { Deployment, Replica } from './deployment.ts';

/** Several deployments of one model as one backend. */
export interface CompositeBackend extends Backend {
  /** From now on requests go to these. A backend that is not among them is closed when its last request has ended. */
  replaceDeployments(deployments: readonly Deployment[]): void;
}

/** @param deployments at least one */
export function createCompositeBackend(
  deployments: readonly Deployment[],
  _policy: CompositePolicy,
  _clock: Clock = systemClock,
): CompositeBackend {
  let current = deployments;
  const listReplicas = (): readonly Replica[] =>
    [...current]
      .sort((one, other) => one.priority - other.priority)
      .flatMap((deployment) => deployment.replicas());
  const first = (): Backend => {
    const replicas = listReplicas();
    const usable = replicas.find(({ backend }) => backend.state() !== 'failed') ?? replicas[0];
    if (usable === undefined) throw new Error('A composite backend has no deployment.');
    return usable.backend;
  };
  return {
    get capabilities() {
      return first().capabilities;
    },
    describe: () => first().describe(),
    state: () => first().state(),
    load: () => first().load(),
    generate: (request, signal) => first().generate(request, signal),
    replaceDeployments: (next) => {
      current = next;
    },
    close: async (drainTimeoutMs) => {
      await Promise.all(listReplicas().map(({ backend }) => backend.close(drainTimeoutMs)));
    },
  };
}
