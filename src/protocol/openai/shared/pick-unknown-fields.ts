import type { JsonObject } from './json-object.ts';

/** Fields of a body that are not known, and that an upstream may know; at most `unknownFieldsMax`. */
export function pickUnknownFields(body: JsonObject, isKnown: (name: string) => boolean): JsonObject {
  const names = Object.keys(body).filter((name) => !isKnown(name) && body[name] !== null);
  return Object.fromEntries(names.slice(0, unknownFieldsMax).map((name) => [name, body[name]]));
}

/** More of them are ignored, like all that no upstream is said to take. */
export const unknownFieldsMax = 64;
