/**
 * Ollama's registry: a manifest lists layers, each a blob named by its SHA-256.
 *
 * It uses the protocol of container registries (https://distribution.github.io/distribution/spec/api/) with
 * Ollama's media types.
 */
import { z } from 'zod';
import { fetchDocument } from '../download/fetch-document.ts';
import type { OllamaReference } from '../model-reference.ts';
import { findOllamaLayerRole, isKnownOllamaLayer, listOllamaLayerNotes } from '../ollama-layers.ts';
import { SourceError } from '../pull-error.ts';
import type { PlannedFile, PullPlan } from '../pull-plan.ts';
import type { PlanSettings } from './plan-settings.ts';

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
/** A manifest with more layers is not a model. */
const layersMax = 64;

const layerSchema = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
});

const manifestSchema = z.object({ layers: z.array(layerSchema).min(1).max(layersMax) });

type Layer = z.infer<typeof layerSchema>;

/** @throws SourceError if the registry lacks the model, or if Gravix can't use it */
export async function planFromOllama(reference: OllamaReference, settings: PlanSettings): Promise<PullPlan> {
  const { namespace, model, tag } = reference;
  const endpoint = toEndpoint(reference, settings.ollamaEndpoint);
  const address = `${endpoint}/v2/${namespace}/${model}`;
  const answer = await fetchDocument({
    url: `${address}/manifests/${tag}`,
    accept: manifestType,
    authorize: settings.authorize,
    transport: settings.transport,
    signal: settings.signal,
    limits: settings.limits,
  });
  const manifest = manifestSchema.safeParse(answer);
  if (!manifest.success) throw new SourceError('its answer is not the manifest of a model', 'source');
  const toUrl = (digest: string) => `${address}/blobs/${digest}`;
  const { layers } = manifest.data;
  const files = layers.flatMap((layer) => toPlannedFile(layer, toUrl) ?? []);
  const weights = files.filter(({ role }) => role === 'weights');
  if (weights.length !== 1) {
    throw new SourceError(`it has ${weights.length} model files where one is expected`, 'source');
  }
  return {
    kind: 'ollama',
    name: reference.name,
    origin: `${new URL(endpoint).host}/${namespace}/${model}:${tag}`,
    files,
    notes: listOllamaLayerNotes(layers),
  };
}

function toPlannedFile(layer: Layer, toUrl: (digest: string) => string): PlannedFile | undefined {
  if (!isKnownOllamaLayer(layer.mediaType)) {
    throw new SourceError(`it has a part of an unsupported kind (${layer.mediaType})`, 'source');
  }
  const role = findOllamaLayerRole(layer.mediaType);
  if (role === undefined) return undefined;
  const sha256 = layer.digest.slice('sha256:'.length);
  return {
    role,
    fileName: `${role}-${sha256.slice(0, 12)}`,
    sizeBytes: layer.size,
    sha256,
    sources: [{ kind: 'http', url: toUrl(layer.digest) }],
  };
}

/** Other registries need https. The configured registry uses the configured scheme. */
function toEndpoint({ host }: OllamaReference, ollamaEndpoint: string): string {
  const endpoint = ollamaEndpoint.replace(/\/+$/, '');
  return host === undefined || host === new URL(endpoint).host ? endpoint : `https://${host}`;
}
