import { Validator } from '@cfworker/json-schema';
import { isJsonObject, readJsonText } from './read-json-text.ts';
import { readPartialJson } from './read-partial-json.ts';

export interface JsonVerdict {
  /** Why it can't become valid; undefined if it can. */
  readonly problem: string | undefined;
  /** It is a whole JSON value. */
  readonly isComplete: boolean;
}

/** Checks the beginning of a JSON text against a schema. What is not finished yet is not judged. */
export function checkPartialJson(text: string, schemaText: string): JsonVerdict {
  const partial = readPartialJson(text);
  if (partial === undefined) return { problem: 'This is no JSON.', isComplete: false };
  const { value, openPath, isComplete } = partial;
  const schema = readJsonText(schemaText);
  if (value === undefined || !schema.isValid) return { problem: undefined, isComplete };
  if (typeof schema.value !== 'boolean' && !isJsonObject(schema.value))
    return { problem: undefined, isComplete };
  const { errors } = new Validator(schema.value, '2020-12', false).validate(value);
  const isOpen = (location: string) =>
    !isComplete && (location === openPath || openPath.startsWith(`${location}/`));
  const found = errors.filter(({ instanceLocation }) => !isOpen(instanceLocation)).at(-1);
  const problem =
    found === undefined ? undefined : `${found.instanceLocation.slice(1) || 'The answer'}: ${found.error}`;
  return { problem, isComplete };
}
