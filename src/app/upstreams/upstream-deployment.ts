import { isDeepStrictEqual } from 'node:util';
import type { Backend } from '../../backend/backend.ts';
import type { BackendCapabilities } from '../../backend/backend-capabilities.ts';
import type { ModelFacts } from '../../backend/model-facts.ts';
import type { DeploymentSettings } from '../../config/deployment-settings.ts';
import type { UpstreamSettings } from '../../config/upstream-settings.ts';
import type { Deployment, Replica } from '../../gateway/deployment.ts';
import { toUpstreamCapabilities } from '../../protocol/openai/upstream/to-upstream-capabilities.ts';
import type { Upstream } from '../../upstream/create-upstream.ts';
import { findContextLength } from '../../upstream/probe/upstream-facts.ts';
import type { UpstreamDeploymentOptions } from '../../upstream/upstream-options.ts';
import { toDeploymentName } from './deployment-name.ts';
import { toUpstreamMode, type UpstreamFleet } from './upstream-fleet.ts';

/** A deployment with the facts that the Models Page shows. */
export interface ServedDeployment {
  readonly deployment: Deployment;
  readonly ownedBy: string;
  facts(): ModelFacts;
}

/** One of an upstream, and what it was made of. */
export interface UpstreamDeployment extends ServedDeployment {
  readonly options: UpstreamDeploymentOptions;
  readonly backends: Map<Upstream, Backend>;
}

export interface UpstreamTarget {
  readonly fleet: UpstreamFleet;
  readonly upstreamName: string;
  readonly upstream: UpstreamSettings;
  /** The upstream's name of the model. */
  readonly model: string;
  readonly settings: DeploymentSettings;
  readonly spillOverMs: number | undefined;
}

/** @param previous the deployment of the same name before a reload: its backends stay where nothing about them changed */
export function createUpstreamDeployment(
  target: UpstreamTarget,
  previous: UpstreamDeployment | undefined,
): UpstreamDeployment {
  const { fleet, upstreamName, upstream, model, settings, spillOverMs } = target;
  const name = toDeploymentName(model, { embedded: undefined, upstream: upstreamName, model });
  const options = toOptions(name, target);
  const isUnchanged = previous !== undefined && isDeepStrictEqual(previous.options, options);
  const backends = isUnchanged ? previous.backends : new Map<Upstream, Backend>();
  const capabilities = toUpstreamCapabilities(upstream.kind, options.capabilities);
  return {
    options,
    backends,
    ownedBy: upstreamName,
    deployment: {
      name,
      priority: settings.priority,
      weight: settings.weight,
      requestsMax: settings.requestsMax ?? upstream.requestsMax,
      mode: toUpstreamMode(upstream),
      replicas: createReplicaList(fleet, upstreamName, options, backends),
      capabilities,
      tokensPerSecondMin: settings.tokensPerSecondMin,
      spillOverMs,
      firstTokenMs: settings.timeouts.firstTokenMs ?? upstream.timeouts.firstTokenMs,
    },
    facts: () => ({
      contextLength: options.contextLength ?? findAnyContextLength(fleet, upstreamName, model),
      capabilities: toModelCapabilities(capabilities, settings.capabilities),
    }),
  };
}

function toOptions(name: string, { upstream, model, settings }: UpstreamTarget): UpstreamDeploymentOptions {
  const { reasoning: _reasoning, embeddings, ...own } = settings.capabilities;
  return {
    deploymentName: name,
    model,
    // Only what is set: the upstream has the defaults.
    timeouts: { ...upstream.timeouts, ...settings.timeouts },
    capabilities: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
    passParameters: settings.passParameters,
    allowsImageAddresses: settings.imageAddresses,
    contextLength: settings.contextLength,
    makesEmbeddings: embeddings ?? false,
  };
}

/** One backend for each address, made when the address comes. The same array while the addresses are the same. */
function createReplicaList(
  fleet: UpstreamFleet,
  upstreamName: string,
  options: UpstreamDeploymentOptions,
  backends: Map<Upstream, Backend>,
): () => readonly Replica[] {
  let addresses: ReturnType<UpstreamFleet['addressesOf']> | undefined;
  let replicas: readonly Replica[] = [];
  return () => {
    const current = fleet.addressesOf(upstreamName);
    if (current === addresses) return replicas;
    addresses = current;
    replicas = current.map(({ name, upstream }) => {
      const backend = backends.get(upstream) ?? fleet.createBackend(upstream, options);
      backends.set(upstream, backend);
      return { name, backend };
    });
    for (const upstream of backends.keys()) {
      if (!current.some((address) => address.upstream === upstream)) backends.delete(upstream);
    }
    return replicas;
  };
}

function findAnyContextLength(fleet: UpstreamFleet, upstreamName: string, model: string): number | undefined {
  for (const { upstream } of fleet.addressesOf(upstreamName)) {
    const length = findContextLength(upstream.facts(), model);
    if (length !== undefined) return length;
  }
  return undefined;
}

function toModelCapabilities(
  { tools, textPrompts, outputFormats, logprobs }: BackendCapabilities,
  { reasoning = false, embeddings = false }: DeploymentSettings['capabilities'],
): ModelFacts['capabilities'] {
  return {
    chat: !embeddings,
    completions: !embeddings && textPrompts,
    tools: !embeddings && tools,
    structuredOutputs: !embeddings && outputFormats.size > 0,
    reasoning: !embeddings && reasoning,
    logprobs: !embeddings && logprobs,
    embeddings,
  };
}
