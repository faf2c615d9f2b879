import { mayBeChanged, parseJson } from '../../../json/parse-json.ts';
import { toPlainJson } from '../../../json/to-plain-json.ts';
import { isJsonObject } from './json-object.ts';

/**
 * The fields in which numbers keep their exact value and names keep their order: schemas, seeds, token ids and the
 * arguments of calls in `messages`. In other fields a number is the nearest double, as in every JavaScript program.
 */
const exactMembers: ReadonlySet<string> = new Set([
  ...['tools', 'functions', 'response_format', 'structured_outputs', 'guided_json', 'json_schema', 'text'],
  ...['output_config', 'output_format', 'messages'],
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
