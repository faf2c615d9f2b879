import type { Backend } from '../backend/backend.ts';
import { createUpstreamBackend } from './openai-compatible/upstream-backend.ts';
import { createUpstreamServer, type UpstreamServerOptions } from './openai-compatible/upstream-server.ts';
import type { ProbedState } from './probe/create-probe.ts';
import type { UpstreamFacts } from './probe/upstream-facts.ts';
import type { UpstreamDeploymentOptions, UpstreamEndpoint } from './upstream-options.ts';

/** One remote server, or the URL of a router. */
export interface Upstream {
  /** What it says of itself; read at the start and then every `probeMs`. */
  facts(): UpstreamFacts;
  state(): ProbedState;
  /** Resolves after the first probe, whatever it found. */
  readonly probed: Promise<void>;
  /** A backend for one of its models. Several share its connections. */
  createBackend(options: UpstreamDeploymentOptions): Backend;
  /** Closes all connections. Close its backends first: they wait for their requests. */
  close(): Promise<void>;
}

/** @throws {RefusedAddressError} for an address that no upstream may have */
export function createUpstream(endpoint: UpstreamEndpoint, options: UpstreamServerOptions = {}): Upstream {
  const server = createUpstreamServer(endpoint, options);
  return {
    facts: () => server.probe.facts(),
    state: () => server.probe.state(),
    probed: server.probe.first,
    createBackend: (deployment) => createUpstreamBackend(server, deployment),
    close: () => server.close(),
  };
}
