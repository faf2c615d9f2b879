import type { Model } from '../api/wire.ts';

/** What it can do besides chat. */
export function listCapabilities({ capabilities, modalities }: Model): readonly string[] {
  return [
    ...(modalities.input.includes('image') ? ['images'] : []),
    ...(capabilities.tools ? ['tools'] : []),
    ...(capabilities.structured_outputs ? ['JSON'] : []),
    ...(capabilities.reasoning ? ['reasoning'] : []),
  ];
}
