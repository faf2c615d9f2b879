import type { LookupAddress } from 'node:dns';
import type { Backend } from '../../backend/backend.ts';
import type { BackendCapabilities } from '../../backend/backend-capabilities.ts';
import { toUpstreamCapabilities } from '../../protocol/openai/upstream/to-upstream-capabilities.ts';
import { toReplicaName } from '../../upstream-rules/replica-name.ts';
import { timeoutDefaults } from '../../upstream-rules/upstream-defaults.ts';
import { createUpstream, type Upstream } from '../create-upstream.ts';
import type { ProbedState } from '../probe/create-probe.ts';
import type { UpstreamFacts } from '../probe/upstream-facts.ts';
import { noFacts } from '../probe/upstream-facts.ts';
import type { UpstreamCallListener } from '../upstream-call.ts';
import type { UpstreamDeploymentOptions, UpstreamEndpoint } from '../upstream-options.ts';
import { createAddressLookup, type LookUpAddresses } from './look-up-addresses.ts';
import { type AddressWatch, replicasMax, watchAddresses } from './watch-addresses.ts';

/** Servers that serve the same models. */
export interface UpstreamReplicas {
  /** Of the first server that is ready. */
  facts(): UpstreamFacts;
  /** Resolves when the replicas are known and each was probed once, whatever that found. */
  readonly probed: Promise<void>;
  createDeployment(options: UpstreamDeploymentOptions): ReplicatedDeployment;
  close(): Promise<void>;
}

/** A model on all replicas. */
export interface ReplicatedDeployment {
  /** As of now: with a DNS name they come and go. The same array until that happens. */
  replicas(): readonly UpstreamReplica[];
  /** Of every replica, also while there is none. */
  readonly capabilities: BackendCapabilities;
  /** Closes the backends of all replicas. */
  close(drainTimeoutMs: number): Promise<void>;
}

export interface UpstreamReplica {
  /** Unique among the replicas, and kept by the one at the same address. */
  readonly name: string;
  readonly backend: Backend;
}

export interface UpstreamReplicasOptions extends Omit<UpstreamEndpoint, 'baseUrl' | 'mode'> {
  /** The operator's name, for logs: the server `name/address` has this state. */
  readonly name: string;
  readonly source: ReplicaSource;
  readonly onState?: ((server: string, state: ProbedState, error?: unknown) => void) | undefined;
  readonly onLookupFailure?: ((error: unknown) => void) | undefined;
  readonly onCall?: UpstreamCallListener | undefined;
}

export type ReplicaSource =
  /** One URL for each. */
  | { readonly kind: 'list'; readonly baseUrls: readonly URL[] }
  /** The address records of the URL's name. `lookUp`: in place of the system's name servers. */
  | { readonly kind: 'dns'; readonly baseUrl: URL; readonly lookUp?: LookUpAddresses };

/** @throws {RefusedAddressError} for a listed address that no upstream may have */
export function createUpstreamReplicas(options: UpstreamReplicasOptions): UpstreamReplicas {
  return new ReplicaSet(options);
}

/** One server, and for each deployment the backend on it. */
interface Server {
  readonly name: string;
  readonly upstream: Upstream;
  readonly backends: Map<Deployment, Backend>;
}

class ReplicaSet implements UpstreamReplicas {
  readonly probed: Promise<void>;
  readonly #options: UpstreamReplicasOptions;
  readonly #deployments = new Set<Deployment>();
  readonly #watch: AddressWatch | undefined;
  /** Gone from the list, with requests that still run. */
  readonly #leaving = new Set<Promise<void>>();
  #servers: readonly Server[] = [];

  constructor(options: UpstreamReplicasOptions) {
    this.#options = options;
    const { source } = options;
    if (source.kind === 'list') {
      const listed = source.baseUrls.slice(0, replicasMax);
      this.#servers = listed.map((baseUrl) => this.#start(toReplicaName(baseUrl), baseUrl));
      this.probed = this.#whenProbed();
      return;
    }
    this.#watch = watchAddresses({
      hostname: source.baseUrl.hostname,
      lookUp: source.lookUp ?? createAddressLookup(),
      onAddresses: (addresses) => this.#follow(addresses, source.baseUrl),
      onFailure: options.onLookupFailure,
    });
    this.probed = this.#watch.first.then(() => this.#whenProbed());
  }

  facts(): UpstreamFacts {
    const ready = this.#servers.find(({ upstream }) => upstream.state() === 'ready') ?? this.#servers[0];
    return ready?.upstream.facts() ?? noFacts;
  }

  createDeployment(options: UpstreamDeploymentOptions): ReplicatedDeployment {
    const capabilities = toUpstreamCapabilities(this.#options.kind, options.capabilities);
    const deployment = new Deployment(options, capabilities, () => this.#deployments.delete(deployment));
    this.#deployments.add(deployment);
    deployment.follow(this.#servers);
    return deployment;
  }

  async close(): Promise<void> {
    this.#watch?.close();
    const servers = this.#servers;
    this.#servers = [];
    await Promise.all([...servers.map(({ upstream }) => upstream.close()), ...this.#leaving]);
  }

  #follow(addresses: readonly LookupAddress[], baseUrl: URL): void {
    const names = new Map(addresses.map((one) => [one.address, one]));
    const kept = this.#servers.filter(({ name }) => names.has(name));
    const gone = this.#servers.filter(({ name }) => !names.has(name));
    const known = new Set(kept.map(({ name }) => name));
    const fresh = [...names].filter(([name]) => !known.has(name));
    if (gone.length === 0 && fresh.length === 0) return;
    this.#servers = [...kept, ...fresh.map(([name, address]) => this.#start(name, baseUrl, address))];
    this.#tell();
    for (const server of gone) {
      const leaving = this.#leave(server);
      this.#leaving.add(leaving);
      void leaving.then(() => this.#leaving.delete(leaving));
    }
  }

  /** Its requests are finished: only the name has no such address anymore. */
  async #leave({ upstream, backends }: Server): Promise<void> {
    const ends = [...backends].map(([{ drainMs }, backend]) => backend.close(drainMs));
    await Promise.all(ends);
    await upstream.close();
  }

  #start(name: string, baseUrl: URL, address?: LookupAddress): Server {
    const {
      name: owner,
      source: _source,
      onState,
      onCall,
      onLookupFailure: _onFailure,
      ...endpoint
    } = this.#options;
    const upstream = createUpstream(
      { ...endpoint, baseUrl, mode: 'replica' },
      { address, onCall, onState: onState && ((state, error) => onState(`${owner}/${name}`, state, error)) },
    );
    return { name, upstream, backends: new Map() };
  }

  #tell(): void {
    for (const deployment of this.#deployments) deployment.follow(this.#servers);
  }

  async #whenProbed(): Promise<void> {
    await Promise.all(this.#servers.map(({ upstream }) => upstream.probed));
  }
}

class Deployment implements ReplicatedDeployment {
  readonly drainMs: number;
  readonly capabilities: BackendCapabilities;
  readonly #options: UpstreamDeploymentOptions;
  readonly #onClose: () => void;
  #replicas: readonly UpstreamReplica[] = [];

  constructor(options: UpstreamDeploymentOptions, capabilities: BackendCapabilities, onClose: () => void) {
    this.#options = options;
    this.capabilities = capabilities;
    this.#onClose = onClose;
    this.drainMs = options.timeouts.totalMs ?? timeoutDefaults.totalMs;
  }

  follow(servers: readonly Server[]): void {
    this.#replicas = servers.map(({ name, upstream, backends }) => {
      const backend = backends.get(this) ?? upstream.createBackend(this.#options);
      backends.set(this, backend);
      return { name, backend };
    });
  }

  replicas(): readonly UpstreamReplica[] {
    return this.#replicas;
  }

  async close(drainTimeoutMs: number): Promise<void> {
    this.#onClose();
    await Promise.all(this.#replicas.map(({ backend }) => backend.close(drainTimeoutMs)));
  }
}
