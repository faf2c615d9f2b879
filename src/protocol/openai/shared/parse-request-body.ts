import { mayBeChanged, parseJson } from '../../../json/parse-json.ts';
import { toPlainJson } from '../../../json/to-plain-json.ts';
import { isJsonObject } from './json-object.ts';

/**
 * The members of any request in which numbers keep their value, and names their order: schemas, seeds and token ids.
 * Everywhere else a number is the nearest double, as for every reader in JavaScript: nobody means more by a temperature.
 */
const exactMembers: ReadonlySet<string> = new Set([
  ...['tools', 'functions', 'response_format', 'structured_outputs', 'guided_json', 'json_schema', 'text'],
  ...['seed', 'prompt', 'input', 'tokens', 'stop_token_ids'],
]);

/** A body as the parsers of requests take it. Throws as `parseJson` does. */
export function parseRequestBody(text: string): unknown {
  if (!mayBeChanged(text)) return JSON.parse(text);
  const body = parseJson(text);
  if (!isJsonObject(body)) return toPlainJson(body);
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, exactMembers.has(name) ? value : toPlainJson(value)]),
  );
}
