/** Longer names don't fit into the file name of a manifest, and requests can't use them. */
export const modelNameCharactersMax = 200;

const modelNamePattern = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/;

/**
 * Whether a user may give a model this name: it must work in URLs and in settings with lists of names. A name
 * with a part of only dots could escape a folder.
 */
export function isModelName(text: string): boolean {
  const parts = text.split(/[/:]/);
  return (
    text.length <= modelNameCharactersMax &&
    modelNamePattern.test(text) &&
    parts.every((part) => part !== '' && !/^\.+$/.test(part))
  );
}
