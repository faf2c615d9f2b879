import type { BackendCapabilities } from '../../backend/backend-capabilities.ts';
import type { UpstreamSettings } from '../../config/upstream-settings.ts';
import type { Replica } from '../../gateway/deployment.ts';
import { createUpstream } from '../../upstream/create-upstream.ts';
import type { ProbedState } from '../../upstream/probe/create-probe.ts';
import type { UpstreamFacts } from '../../upstream/probe/upstream-facts.ts';
import {
  createUpstreamReplicas,
  type ReplicaSource,
} from '../../upstream/replicas/create-upstream-replicas.ts';
import type { UpstreamCall, UpstreamCallListener } from '../../upstream/upstream-call.ts';
import type { UpstreamDeploymentOptions } from '../../upstream/upstream-options.ts';
import type { UpstreamKind } from '../../upstream-rules/upstream-kinds.ts';

/** A model of an upstream on all of its servers. */
export interface FleetDeployment {
  replicas(): readonly Replica[];
  /** Of each server. */
  readonly capabilities: BackendCapabilities;
  /** Lets running requests finish within this time. */
  close(drainTimeoutMs: number): Promise<void>;
}

/** One server, a router, or replicas. */
export interface FleetUpstream {
  facts(): UpstreamFacts;
  /** The last time that one of its servers was found failing. */
  lastFailure(): UpstreamFailure | undefined;
  /** Resolves when each server was asked once, whatever that found. */
  readonly probed: Promise<void>;
  createDeployment(options: UpstreamDeploymentOptions): FleetDeployment;
  closeDeployments(drainTimeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface UpstreamFailure {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly error: unknown;
}

/** Hears of upstreams that fail and come back. */
export interface UpstreamLogger {
  info(fields: UpstreamLine, message: string): void;
  warn(fields: UpstreamLine, message: string): void;
}

/** Who hears of what upstreams do. */
export interface UpstreamListeners {
  readonly logger: UpstreamLogger;
  /** Absent: nobody measures them. */
  readonly onCall?: ((upstream: CalledUpstream, call: UpstreamCall) => void) | undefined;
}

export interface CalledUpstream {
  readonly name: string;
  readonly kind: UpstreamKind;
}

interface UpstreamLine {
  readonly upstream: string;
  readonly err?: unknown;
}

export function openUpstream(
  name: string,
  settings: UpstreamSettings,
  apiKey: string | undefined,
  { logger, onCall }: UpstreamListeners,
): FleetUpstream {
  let failure: UpstreamFailure | undefined;
  const { facts, probed, createDeployment, close } = openServers(name, settings, apiKey, {
    logger,
    onCall: onCall && ((call) => onCall({ name, kind: settings.kind }, call)),
    onFailure: (error) => {
      failure = { atMs: Date.now(), error };
    },
  });
  const open = new Set<FleetDeployment>();
  return {
    facts,
    lastFailure: () => failure,
    probed,
    close,
    createDeployment: (options) => {
      const made = createDeployment(options);
      const deployment: FleetDeployment = {
        replicas: () => made.replicas(),
        capabilities: made.capabilities,
        close: async (drainTimeoutMs) => {
          await made.close(drainTimeoutMs);
          open.delete(deployment);
        },
      };
      open.add(deployment);
      return deployment;
    },
    closeDeployments: async (drainTimeoutMs) => {
      await Promise.all([...open].map((deployment) => deployment.close(drainTimeoutMs)));
    },
  };
}

interface ServerListeners {
  readonly logger: UpstreamLogger;
  readonly onCall: UpstreamCallListener | undefined;
  readonly onFailure: (error: unknown) => void;
}

function openServers(
  name: string,
  settings: UpstreamSettings,
  apiKey: string | undefined,
  { logger, onCall, onFailure }: ServerListeners,
): Omit<FleetUpstream, 'closeDeployments' | 'lastFailure'> {
  const noteState = (server: string, state: ProbedState, error: unknown) => {
    if (state === 'failed') onFailure(error);
    logState(logger, server, state, error);
  };
  const { kind, projectHeader, probeMs, baseUrl } = settings;
  const shared = { kind, apiKey, projectHeader, probeMs };
  if (baseUrl === undefined) {
    const replicas = createUpstreamReplicas({
      ...shared,
      name,
      source: toReplicaSource(settings),
      onCall,
      onState: noteState,
      onLookupFailure: (error) => logger.warn({ upstream: name, err: error }, 'upstream-lookup-failed'),
    });
    return {
      facts: () => replicas.facts(),
      probed: replicas.probed,
      createDeployment: (options) => replicas.createDeployment(options),
      close: () => replicas.close(),
    };
  }
  const upstream = createUpstream(
    { ...shared, baseUrl: new URL(baseUrl), mode: settings.mode === 'router' ? 'router' : 'single' },
    { onCall, onState: (state, error) => noteState(name, state, error) },
  );
  return {
    facts: () => upstream.facts(),
    probed: upstream.probed,
    createDeployment: (options) => {
      const backend = upstream.createBackend(options);
      const replicas = [{ name, backend }];
      return {
        replicas: () => replicas,
        capabilities: backend.capabilities,
        close: (drainTimeoutMs) => backend.close(drainTimeoutMs),
      };
    },
    close: () => upstream.close(),
  };
}

/** The configuration has one of both. */
function toReplicaSource({ addresses = [], dns }: UpstreamSettings): ReplicaSource {
  if (dns !== undefined) return { kind: 'dns', baseUrl: new URL(dns) };
  return { kind: 'list', baseUrls: [...new Set(addresses)].map((address) => new URL(address)) };
}

function logState(logger: UpstreamLogger, upstream: string, state: ProbedState, error: unknown): void {
  if (state === 'failed') logger.warn({ upstream, err: error }, 'upstream-failed');
  else logger.info({ upstream }, `upstream-${state}`);
}

/** How requests to it are balanced. */
export function toUpstreamMode({ mode, baseUrl }: UpstreamSettings): 'single' | 'router' | 'replicas' {
  if (baseUrl === undefined) return 'replicas';
  return mode === 'router' ? 'router' : 'single';
}
