// Reads of a configuration that may be wrong anywhere: what is not of the right type counts as absent.

export type RawMapping = Readonly<Record<string, unknown>>;

export function toRawMapping(value: unknown): RawMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function toRawList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function toRawText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
