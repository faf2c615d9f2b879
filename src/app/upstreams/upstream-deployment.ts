import { isDeepStrictEqual } from 'node:util';
import type { BackendCapabilities } from '../../backend/backend-capabilities.ts';
import type { ModelFacts } from '../../backend/model-facts.ts';
import type { DeploymentSettings } from '../../config/deployment-settings.ts';
import type { UpstreamSettings } from '../../config/upstream-settings.ts';
import type { Deployment } from '../../gateway/deployment.ts';
import { findContextLength } from '../../upstream/probe/upstream-facts.ts';
import type { UpstreamDeploymentOptions } from '../../upstream/upstream-options.ts';
import { toDeploymentName } from './deployment-name.ts';
import { type FleetDeployment, type FleetUpstream, toUpstreamMode } from './open-upstream.ts';

/** A deployment with the facts that the Models Page shows. */
export interface ServedDeployment {
  readonly deployment: Deployment;
  readonly ownedBy: string;
  facts(): ModelFacts;
}

/** One of an upstream, and what it was made of. */
export interface UpstreamDeployment extends ServedDeployment {
  readonly options: UpstreamDeploymentOptions;
  readonly upstream: FleetUpstream;
  readonly servers: FleetDeployment;
}

export interface UpstreamTarget {
  readonly upstream: FleetUpstream;
  readonly upstreamName: string;
  readonly upstreamSettings: UpstreamSettings;
  /** The upstream's name of the model. */
  readonly model: string;
  readonly settings: DeploymentSettings;
  readonly spillOverMs: number | undefined;
}

/** @param previous the deployment of the same name before a reload: its backends stay if nothing about them changed */
export function createUpstreamDeployment(
  target: UpstreamTarget,
  previous: UpstreamDeployment | undefined,
): UpstreamDeployment {
  const { upstream, upstreamName, upstreamSettings, model, settings, spillOverMs } = target;
  const name = toDeploymentName(model, { embedded: undefined, upstream: upstreamName, model });
  const options = toOptions(target);
  const isUnchanged = previous?.upstream === upstream && isDeepStrictEqual(previous.options, options);
  const servers = isUnchanged ? previous.servers : upstream.createDeployment(options);
  const { capabilities } = servers;
  const shownCapabilities = toModelCapabilities(capabilities, settings.capabilities);
  return {
    options,
    upstream,
    servers,
    ownedBy: upstreamName,
    deployment: {
      name,
      priority: settings.priority,
      weight: settings.weight,
      requestsMax: settings.requestsMax ?? upstreamSettings.requestsMax,
      mode: toUpstreamMode(upstreamSettings),
      replicas: () => servers.replicas(),
      capabilities,
      tokensPerSecondMin: settings.tokensPerSecondMin,
      spillOverMs,
      firstTokenMs: settings.timeouts.firstTokenMs ?? upstreamSettings.timeouts.firstTokenMs,
    },
    facts: () => ({
      contextLength: options.contextLength ?? findContextLength(upstream.facts(), model),
      capabilities: shownCapabilities,
    }),
  };
}

function toOptions({ upstreamSettings, model, settings }: UpstreamTarget): UpstreamDeploymentOptions {
  const { reasoning: _reasoning, embeddings, ...own } = settings.capabilities;
  return {
    model,
    // Only what is set: the upstream has the defaults.
    timeouts: { ...upstreamSettings.timeouts, ...settings.timeouts },
    capabilities: {
      ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
      imageAddresses: settings.imageAddresses,
    },
    passParameters: settings.passParameters,
    contextLength: settings.contextLength,
    makesEmbeddings: embeddings ?? false,
  };
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
