import { isDeepStrictEqual } from 'node:util';
import { isIdleHint } from '../shared/hint-fields.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { streamOptionFields } from '../shared/stream-fields.ts';
import { chatCompletionRequestSchema } from './chat-completion-request.ts';
import { listIdleToolFields } from './read-tool-use.ts';
import { responseFormatSchema, structuredOutputsSchema } from './response-format.ts';
import { isUnsupportedParameter, isUnsupportedStructuredOutput } from './unsupported-parameters.ts';

/** Names that are reported at most; a client with more of them has learned enough. */
export const ignoredParametersMax = 20;

/** Characters of one reported name. */
export const ignoredParameterCharactersMax = 64;

const messageFields: ReadonlySet<string> = new Set(['role', 'content']);
/** Of the roles that have more. */
const fieldsOfRoles: ReadonlyMap<unknown, ReadonlySet<string>> = new Map([
  [
    'assistant',
    new Set([
      ...['role', 'content', 'refusal', 'tool_calls', 'function_call', 'prefix'],
      ...['reasoning_content', 'reasoning'],
    ]),
  ],
  ['tool', new Set(['role', 'content', 'tool_call_id'])],
  ['function', new Set(['role', 'content', 'name'])],
]);
/** An `index` comes from a stream that was put together, and the order says the same. */
const toolCallFields: ReadonlySet<string> = new Set(['id', 'type', 'function', 'index']);
const calledFunctionFields: ReadonlySet<string> = new Set(['name', 'arguments']);
const toolFieldNames: ReadonlySet<string> = new Set(['type', 'function']);
const functionFieldNames: ReadonlySet<string> = new Set(['name', 'description', 'parameters']);
const strictFunctionFieldNames: ReadonlySet<string> = new Set([...functionFieldNames, 'strict']);
const namedSchemaFields = new Set(['name', 'description', 'schema', 'strict']);
/** The prompt cache needs no breakpoints. */
const partFields = new Set(['type', 'text', 'refusal', 'image_url', 'prompt_cache_breakpoint']);
const predictionFields = new Set(['type', 'content']);

/**
 * Names of fields that were accepted and change nothing, for the header `x-ignored-params`.
 *
 * A name inside messages is reported once, where it first stands. A null or an empty list in a message says
 * nothing and is not reported: clients send whole answers back, with `annotations: []` and `audio: null`.
 */
export function findIgnoredParameters(body: JsonObject): string[] {
  const names = new Set<string>();
  collectUnknown(names, body, '', (name) =>
    // Metadata are of a stored answer.
    name === 'metadata' && body['store'] !== true
      ? body[name] === null || isDeepStrictEqual(body[name], {})
      : (Object.hasOwn(chatCompletionRequestSchema.shape, name) && !isIdleHint(name, body[name])) ||
        isUnsupportedParameter(name),
  );
  for (const name of listIdleToolFields(body)) names.add(name);
  collectFromOptions(names, body);
  collectFromTools(names, body);
  collectFromPrediction(names, body['prediction']);
  if (Array.isArray(body['messages'])) collectFromMessages(names, body['messages']);
  return [...names];
}

/** The same for a body of another kind, which has neither tools nor messages. */
export function findUnknownFields(body: JsonObject, isKnown: (name: string) => boolean): string[] {
  const names = new Set<string>();
  collectUnknown(names, body, '', isKnown);
  if (isKnown('response_format')) collectFromOptions(names, body);
  return [...names];
}

function collectFromOptions(names: Set<string>, body: JsonObject): void {
  collectUnknown(names, body['stream_options'], 'stream_options.', (name) =>
    Object.hasOwn(streamOptionFields, name),
  );
  collectFromStructuredOutputs(names, body);
  if (isJsonObject(body['response_format'])) collectFromResponseFormat(names, body['response_format']);
}

export function collectFromStructuredOutputs(names: Set<string>, body: JsonObject): void {
  collectUnknown(
    names,
    body['structured_outputs'],
    'structured_outputs.',
    (name) => Object.hasOwn(structuredOutputsSchema.shape, name) || isUnsupportedStructuredOutput(name),
  );
}

function collectFromResponseFormat(names: Set<string>, format: JsonObject): void {
  const variant = responseFormatSchema.options.find(({ shape }) => shape.type.value === format['type']);
  if (variant === undefined) return;
  collectUnknown(names, format, 'response_format.', (name) => Object.hasOwn(variant.shape, name));
  if (variant.shape.type.value !== 'json_schema') return;
  collectUnknown(names, format['json_schema'], 'response_format.json_schema.', (name) =>
    namedSchemaFields.has(name),
  );
}

/** The schema has bounded the lists before. */
function collectFromTools(names: Set<string>, body: JsonObject): void {
  for (const [index, tool] of toList(body['tools']).entries()) {
    const at = `tools[${index}].`;
    collectUnknown(names, tool, at, (name) => toolFieldNames.has(name));
    if (!isJsonObject(tool)) continue;
    collectUnknown(names, tool['function'], `${at}function.`, (name) => strictFunctionFieldNames.has(name));
  }
  for (const [index, definition] of toList(body['functions']).entries()) {
    collectUnknown(names, definition, `functions[${index}].`, (name) => functionFieldNames.has(name));
  }
}

function collectFromPrediction(names: Set<string>, prediction: unknown): void {
  if (!isJsonObject(prediction)) return;
  const at = 'prediction.';
  collectUnknown(names, prediction, at, (name) => predictionFields.has(name));
  collectFromParts(names, toList(prediction['content']), at, new Set());
}

function collectFromMessages(names: Set<string>, messages: readonly unknown[]): void {
  const seen = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (names.size >= ignoredParametersMax) return;
    if (!isJsonObject(message)) continue;
    const at = `messages[${index}].`;
    const fields = fieldsOfRoles.get(message['role']) ?? messageFields;
    collectUnknown(
      names,
      message,
      at,
      (name) => fields.has(name) || isEmpty(message[name]) || isRepeated(seen, name),
    );
    if (Array.isArray(message['content'])) collectFromParts(names, message['content'], at, seen);
    if (message['role'] === 'assistant') collectFromCalls(names, message['tool_calls'], at, seen);
  }
}

function collectFromCalls(names: Set<string>, calls: unknown, at: string, seen: Set<string>): void {
  for (const [index, call] of toList(calls).entries()) {
    if (names.size >= ignoredParametersMax || !isJsonObject(call)) return;
    const prefix = `${at}tool_calls[${index}].`;
    const isOfCall = (name: string) => toolCallFields.has(name) || isRepeated(seen, `call.${name}`);
    collectUnknown(names, call, prefix, isOfCall);
    const isOfFunction = (name: string) =>
      calledFunctionFields.has(name) || isRepeated(seen, `call.function.${name}`);
    collectUnknown(names, call['function'], `${prefix}function.`, isOfFunction);
  }
}

function collectFromParts(
  names: Set<string>,
  parts: readonly unknown[],
  at: string,
  seen: Set<string>,
): void {
  for (const [index, part] of parts.entries()) {
    if (names.size >= ignoredParametersMax) return;
    const isKnown = (name: string) => partFields.has(name) || isRepeated(seen, `part.${name}`);
    collectUnknown(names, part, `${at}content[${index}].`, isKnown);
  }
}

/** Adds the names that are not known, with where they stand, until there are `ignoredParametersMax`. */
export function collectUnknown(
  names: Set<string>,
  fields: unknown,
  prefix: string,
  isKnown: (name: string) => boolean,
): void {
  if (!isJsonObject(fields)) return;
  for (const name in fields) {
    if (names.size >= ignoredParametersMax) return;
    if (!isKnown(name)) names.add(toHeaderSafeName(`${prefix}${name}`));
  }
}

export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Says nothing: null or an empty list. */
export function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** Whether a name was met before; from now on it was. */
export function isRepeated(seen: Set<string>, name: string): boolean {
  if (seen.has(name)) return true;
  seen.add(name);
  return false;
}

/** A header's value may hold no line breaks, and the list is separated by commas. */
function toHeaderSafeName(name: string): string {
  return name.slice(0, ignoredParameterCharactersMax).replace(/[^\w.[\]-]/g, '_');
}
