/** Longer names fit into no manifest's file name, and no request may name them. */
export const modelNameCharactersMax = 200;

const modelNamePattern = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/;

/**
 * Whether a person may give a model this name: it can stand in an address, and in a setting that lists names.
 * A name of dots alone, or with such a part, would climb up a path.
 */
export function isModelName(text: string): boolean {
  const parts = text.split(/[/:]/);
  return (
    text.length <= modelNameCharactersMax &&
    modelNamePattern.test(text) &&
    parts.every((part) => part !== '' && !/^\.+$/.test(part))
  );
}
