// The layers of a model in Ollama's form, in its registry as in its folder on disk.
// https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx names what they hold.
import type { ModelFileRole } from './library/installed-model.ts';

/** What each layer is to us; a note says why it is left out, to be told to people. */
const layerUses: ReadonlyMap<string, { readonly role: ModelFileRole } | { readonly note: string }> = new Map([
  ['application/vnd.ollama.image.model', { role: 'weights' }],
  ['application/vnd.ollama.image.params', { role: 'parameters' }],
  ['application/vnd.ollama.image.system', { role: 'system' }],
  ['application/vnd.ollama.image.license', { role: 'license' }],
  [
    // A template of the language Go; llama.cpp and the model files themselves have Jinja.
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

/** Undefined for a layer that is left out. */
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
