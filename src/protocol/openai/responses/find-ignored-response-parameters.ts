import type { z } from 'zod';
import {
  collectFromStructuredOutputs,
  collectUnknown,
  ignoredParametersMax,
  isEmpty,
  isRepeated,
  toList,
} from '../chat/find-ignored-parameters.ts';
import { listIdleToolFields } from '../chat/read-tool-use.ts';
import { isIdleHint } from '../shared/hint-fields.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { isFreeFormat } from './custom-tool.ts';
import { isHostedItem } from './hosted-items.ts';
import { isHostedTool } from './hosted-tools.ts';
import { readReasoning } from './reasoning-text.ts';
import { itemSchemas } from './response-item.ts';
import { isEffectiveInclude, responseRequestSchema } from './response-request.ts';
import {
  customToolSchema,
  functionToolSchema,
  namespaceToolSchema,
  textFormatSchema,
} from './response-tools.ts';
import { isUnsupportedResponseParameter } from './unsupported-response-parameters.ts';

const { message: _message, reasoning: _reasoning, ...plainSchemas } = itemSchemas;

/** Of every item but messages and reasoning. */
const itemFields: ReadonlyMap<unknown, ReadonlySet<string>> = new Map(
  Object.entries(plainSchemas).map(([type, { shape }]) => [type, new Set(Object.keys(shape))]),
);
const messageFields: ReadonlySet<string> = new Set(['type', 'id', 'status', 'role', 'content']);
/** Fields of an earlier answer other than its text have no meaning for the model. */
const partFields: ReadonlySet<string> = new Set([
  'type',
  'text',
  'refusal',
  'logprobs',
  'prompt_cache_breakpoint',
]);

/** As `findIgnoredParameters` does for chat: names inside of items are reported where they stand first. */
export function findIgnoredResponseParameters(body: JsonObject): string[] {
  const names = new Set<string>();
  collectUnknown(names, body, '', (name) => {
    if (isIdleHint(name, body[name])) return false;
    return Object.hasOwn(responseRequestSchema.shape, name) || isUnsupportedResponseParameter(name);
  });
  for (const name of listIdleToolFields(body)) names.add(name);
  for (const field of ['text', 'reasoning', 'stream_options'] as const) {
    const fields = body[field];
    if (!isJsonObject(fields)) continue;
    const { shape } = responseRequestSchema.shape[field].unwrap().unwrap();
    collectUnknown(names, fields, `${field}.`, (name) => {
      return Object.hasOwn(shape, name) && !isIdleHint(name, fields[name]);
    });
  }
  collectFromStructuredOutputs(names, body);
  collectFromFormat(names, body['text']);
  for (const [index, value] of toList(body['include']).entries()) {
    if (!isEffectiveInclude(value)) names.add(`include[${index}]`);
  }
  for (const [index, tool] of toList(body['tools']).entries()) {
    collectFromTool(names, tool, `tools[${index}]`);
  }
  collectFromToolChoice(names, body['tool_choice']);
  collectFromItems(names, toList(body['input']));
  return [...names];
}

function collectFromTool(names: Set<string>, tool: unknown, at: string): void {
  if (!isJsonObject(tool)) return;
  if (isHostedTool(tool)) {
    names.add(at);
    return;
  }
  const { shape } = toolSchemas.get(tool['type']) ?? functionToolSchema;
  collectUnknown(names, tool, `${at}.`, (name) => {
    return Object.hasOwn(shape, name) && !(name === 'format' && isFreeFormat(tool[name]));
  });
  if (tool['type'] !== 'namespace') return;
  for (const [index, one] of toList(tool['tools']).entries()) {
    collectFromTool(names, one, `${at}.tools[${index}]`);
  }
}

const toolSchemas: ReadonlyMap<unknown, z.ZodObject> = new Map<unknown, z.ZodObject>([
  ['custom', customToolSchema],
  ['namespace', namespaceToolSchema],
]);

function collectFromToolChoice(names: Set<string>, choice: unknown): void {
  const allowed = isJsonObject(choice) ? toList(choice['tools']) : [];
  for (const [index, tool] of allowed.entries()) {
    if (isHostedTool(tool)) names.add(`tool_choice.tools[${index}]`);
  }
}

function collectFromFormat(names: Set<string>, text: unknown): void {
  const format = isJsonObject(text) ? text['format'] : undefined;
  if (!isJsonObject(format)) return;
  const variant = textFormatSchema.options.find(({ shape }) => shape.type.value === format['type']);
  collectUnknown(names, format, 'text.format.', (name) => Object.hasOwn(variant?.shape ?? {}, name));
}

function collectFromItems(names: Set<string>, items: readonly unknown[]): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (names.size >= ignoredParametersMax) return;
    if (!isJsonObject(item)) continue;
    const at = `input[${index}]`;
    if (item['type'] === 'reasoning' && readReasoning(item) !== '') continue;
    if (item['type'] === 'reasoning' || isHostedItem(item)) {
      if (!isRepeated(seen, String(item['type']))) names.add(at);
      continue;
    }
    const fields = itemFields.get(item['type']) ?? messageFields;
    collectUnknown(
      names,
      item,
      `${at}.`,
      (name) => fields.has(name) || isEmpty(item[name]) || isRepeated(seen, `item.${name}`),
    );
    for (const [place, part] of toList(item['content'] ?? item['output']).entries()) {
      if (!isJsonObject(part)) continue;
      const isKnown = (name: string) =>
        partFields.has(name) ||
        (part['type'] === 'input_image' && isOfImage(name, part[name])) ||
        isEmpty(part[name]) ||
        isRepeated(seen, `part.${name}`);
      collectUnknown(names, part, `${at}.${'content' in item ? 'content' : 'output'}[${place}].`, isKnown);
    }
  }
}

/** The detail `original` is no more than what the backend decides. */
function isOfImage(name: string, value: unknown): boolean {
  return name === 'image_url' || (name === 'detail' && value !== 'original');
}
