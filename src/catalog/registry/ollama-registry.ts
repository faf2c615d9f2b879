/**
 * Ollama's registry: a manifest lists layers, each a blob named by its SHA-256.
 *
 * It is the registry protocol of container images (https://distribution.github.io/distribution/spec/api/) with
 * media types of Ollama's own (https://github.com/ollama/ollama/blob/main/docs/modelfile.md names what they hold).
 */
import { z } from 'zod';
import { fetchDocument } from '../download/fetch-document.ts';
import type { OllamaReference } from '../model-reference.ts';
import { SourceError } from '../pull-error.ts';
import type { FileRole, PlannedFile, PullPlan } from '../pull-plan.ts';
import type { PlanSettings } from './plan-settings.ts';

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
/** A manifest of more layers is none of a model. */
const layersMax = 64;

const layerSchema = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().nonnegative(),
});

const manifestSchema = z.object({ layers: z.array(layerSchema).min(1).max(layersMax) });

type Layer = z.infer<typeof layerSchema>;

/** What each layer is to us; a string says why it is left out, to be told to people. */
const layerRoles: Readonly<Record<string, { role: FileRole } | { note: string } | undefined>> = {
  'application/vnd.ollama.image.model': { role: 'weights' },
  'application/vnd.ollama.image.params': { role: 'parameters' },
  'application/vnd.ollama.image.system': { role: 'system' },
  'application/vnd.ollama.image.license': { role: 'license' },
  'application/vnd.ollama.image.template': {
    note: "Its chat template is written for Ollama and is not used: the model file's own is.",
  },
  'application/vnd.ollama.image.projector': {
    note: 'Its image encoder is not used: the model reads text only.',
  },
  'application/vnd.ollama.image.messages': { note: 'The example messages that come with it are not used.' },
};

/** @throws SourceError when the registry does not have the model, or has one that can't be used here */
export async function planFromOllama(reference: OllamaReference, settings: PlanSettings): Promise<PullPlan> {
  const { namespace, model, tag } = reference;
  const endpoint = toEndpoint(reference, settings.ollamaEndpoint);
  const address = `${endpoint}/v2/${namespace}/${model}`;
  const answer = await fetchDocument({
    url: `${address}/manifests/${tag}`,
    accept: manifestType,
    authorize: settings.authorize,
    signal: settings.signal,
    limits: settings.limits,
  });
  const manifest = manifestSchema.safeParse(answer);
  if (!manifest.success) throw new SourceError('its answer is no manifest of a model', 'source');
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
    notes: [...new Set(layers.flatMap(({ mediaType }) => toNote(mediaType)))],
  };
}

function toPlannedFile(layer: Layer, toUrl: (digest: string) => string): PlannedFile | undefined {
  const use = layerRoles[layer.mediaType];
  if (use === undefined) {
    throw new SourceError(
      `it has a part of a kind that this engine does not know (${layer.mediaType})`,
      'source',
    );
  }
  if (!('role' in use)) return undefined;
  const sha256 = layer.digest.slice('sha256:'.length);
  return {
    role: use.role,
    fileName: `${use.role}-${sha256.slice(0, 12)}`,
    sizeBytes: layer.size,
    sha256,
    sources: [{ kind: 'http', url: toUrl(layer.digest) }],
  };
}

function toNote(mediaType: string): readonly string[] {
  const use = layerRoles[mediaType];
  return use !== undefined && 'note' in use ? [use.note] : [];
}

/** Another registry is asked over https only; the one of the settings as they say. */
function toEndpoint({ host }: OllamaReference, ollamaEndpoint: string): string {
  const endpoint = ollamaEndpoint.replace(/\/+$/, '');
  return host === undefined || host === new URL(endpoint).host ? endpoint : `https://${host}`;
}
