// The layers of an Ollama model. The registry and the local folder use the same format.
// https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx documents them.
import type { ModelFileRole } from './library/installed-model.ts';

/** How Gravix uses each layer. A note for the user explains why a layer is not used. */
const layerUses: ReadonlyMap<string, { readonly role: ModelFileRole } | { readonly note: string }> = new Map([
  ['application/vnd.ollama.image.model', { role: 'weights' }],
  ['application/vnd.ollama.image.params', { role: 'parameters' }],
  ['application/vnd.ollama.image.system', { role: 'system' }],
  ['application/vnd.ollama.image.license', { role: 'license' }],
  [
    // A Go template. llama.cpp and model files use Jinja.
    'application/vnd.ollama.image.template',
    {
      note: "Its chat template is written for Ollama and is not used: the model file's own is, or ChatML where the file has none.",
    },
  ],
  [
    'application/vnd.ollama.image.projector',
    { note: 'Its image encoder is not used: the model reads text only.' },
  ],
  ['application/vnd.ollama.image.messages', { note: 'The example messages that come with it are not used.' }],
]);

export function isKnownOllamaLayer(mediaType: string): boolean {
  return layerUses.has(mediaType);
}

/** Undefined for an unused layer. */
export function findOllamaLayerRole(mediaType: string): ModelFileRole | undefined {
  const use = layerUses.get(mediaType);
  return use !== undefined && 'role' in use ? use.role : undefined;
}

/** Each once. */
export function listOllamaLayerNotes(layers: readonly { readonly mediaType: string }[]): readonly string[] {
  const notes = layers.flatMap(({ mediaType }) => {
    const use = layerUses.get(mediaType);
    return use !== undefined && 'note' in use ? [use.note] : [];
  });
  return [...new Set(notes)];
}
