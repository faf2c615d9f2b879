import type { Backend } from '../src/backend/backend.ts';
import type { Generation } from '../src/backend/generation.ts';
import type { GenerationEvent } from '../src/backend/generation-event.ts';
import type { Clock } from '../src/gateway/clock.ts';
import { type CompositePolicy, compositePolicyDefaults } from '../src/gateway/composite-policy.ts';
import { type CompositeBackend, createCompositeBackend } from '../src/gateway/create-composite-backend.ts';
import type { Deployment } from '../src/gateway/deployment.ts';

const testPolicy: CompositePolicy = {
  ...compositePolicyDefaults,
  modelName: 'm',
  queueLengthMax: 16,
  queueWaitMsMax: 10_000,
};

/** What failed before does not decide what is asked. */
export const forgivingPolicy: CompositePolicy = {
  ...testPolicy,
  queueWaitMsMax: 500,
  failuresMax: 1000,
  retriesMin: 1000,
};

/** One place of its own, or replicas by their names. */
export function createDeployment(
  name: string,
  places: Backend | Readonly<Record<string, Backend>>,
  changes: Partial<Deployment> = {},
): Deployment {
  const replicas =
    'generate' in places && typeof places.generate === 'function'
      ? [{ name, backend: places as Backend }]
      : Object.entries(places).map(([replicaName, backend]) => ({ name: replicaName, backend }));
  return {
    name,
    priority: 0,
    weight: 1,
    requestsMax: undefined,
    mode: replicas.length > 1 ? 'replicas' : 'single',
    replicas: () => replicas,
    ...changes,
  };
}

export function createComposite(
  deployments: readonly Deployment[],
  clock: Clock,
  policy: Partial<CompositePolicy> = {},
): CompositeBackend {
  return createCompositeBackend(deployments, { ...testPolicy, ...policy }, clock);
}

/** How a reader met an answer. */
export interface ReadAnswer {
  readonly events: readonly GenerationEvent[];
  readonly text: string;
  readonly servedBy: string | undefined;
  readonly error: unknown;
}

/** Reads to the end, or to what is thrown. */
export async function readAnswer({ events }: Generation): Promise<ReadAnswer> {
  const all: GenerationEvent[] = [];
  let thrown: unknown;
  try {
    for await (const event of events) all.push(event);
  } catch (error) {
    thrown = error;
  }
  const first = all.find(({ type }) => type === 'started');
  return {
    events: all,
    text: all.map((event) => (event.type === 'text-delta' ? event.text : '')).join(''),
    servedBy: first?.type === 'started' ? first.servedBy : undefined,
    error: thrown,
  };
}

/** The only place of a model, on the real clock. */
export function createSystemComposite(name: string, backend: Backend): CompositeBackend {
  return createCompositeBackend([createDeployment(name, backend)], testPolicy);
}
