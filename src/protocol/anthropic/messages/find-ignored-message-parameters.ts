import {
  collectUnknown,
  ignoredParametersMax,
  isEmpty,
  isRepeated,
  toList,
} from '../../openai/chat/find-ignored-parameters.ts';
import { isJsonObject, type JsonObject } from '../../openai/shared/json-object.ts';
import { isHostedBlock } from './content-block.ts';
import { messageRequestSchema, messageToolSchema } from './message-request.ts';

/** Of every block. What an answer or a client adds to a block for itself has no meaning for the model. */
const sharedFields = ['type', 'cache_control', 'toolset_name'];

const fieldsByType: ReadonlyMap<unknown, ReadonlySet<string>> = new Map(
  Object.entries({
    text: ['text', 'citations'],
    image: ['source'],
    document: ['source', 'title', 'context'],
    search_result: ['source', 'title', 'content'],
    tool_result: ['tool_use_id', 'content', 'is_error'],
    thinking: ['thinking', 'signature'],
    tool_use: ['id', 'name', 'input', 'caller'],
    compaction: ['content', 'encrypted_content', 'signature'],
  }).map(([type, fields]) => [type, new Set([...sharedFields, ...fields])]),
);

/** Blocks that the model does not see. */
function isLeftOut(type: unknown, content: unknown): boolean {
  if (type === 'redacted_thinking') return true;
  if (type === 'compaction') return typeof content !== 'string';
  return typeof type === 'string' && isHostedBlock({ type });
}

const messageFields: ReadonlySet<string> = new Set(['role', 'content']);

/**
 * Names of fields that were accepted and change nothing, for the header `x-ignored-params`. A name inside messages is
 * reported once, where it first stands.
 */
export function findIgnoredMessageParameters(body: JsonObject): string[] {
  const names = new Set<string>();
  const { shape } = messageRequestSchema;
  collectUnknown(names, body, '', (name) => Object.hasOwn(shape, name) || isNeutral(name, body[name]));
  if (isIdleChoice(body)) names.add('tool_choice');
  collectUnknown(names, body['metadata'], 'metadata.', (name) => name === 'user_id');
  collectUnknown(names, body['output_config'], 'output_config.', (name) => {
    return name === 'effort' || name === 'format';
  });
  for (const [index, tool] of toList(body['tools']).entries()) {
    // The ones that are left out are named as a whole.
    if (!isJsonObject(tool) || !('input_schema' in tool)) continue;
    collectUnknown(names, tool, `tools[${index}].`, (name) => {
      return Object.hasOwn(messageToolSchema.shape, name) || isEmpty(tool[name]) || tool[name] === false;
    });
  }
  const seen = new Set<string>();
  collectFromBlocks(names, seen, body['system'], 'system');
  for (const [index, message] of toList(body['messages']).entries()) {
    if (names.size >= ignoredParametersMax) break;
    if (!isJsonObject(message)) continue;
    const at = `messages[${index}]`;
    const isKnown = (name: string) => messageFields.has(name) || isRepeated(seen, `message.${name}`);
    collectUnknown(names, message, `${at}.`, isKnown);
    collectFromBlocks(names, seen, message['content'], `${at}.content`);
  }
  return [...names];
}

/** Values that say what is done anyway. */
function isNeutral(name: string, value: unknown): boolean {
  return isEmpty(value) || (name === 'speed' && value === 'standard');
}

/** Something is said of the choice between no tools, which changes nothing. */
function isIdleChoice(body: JsonObject): boolean {
  return isJsonObject(body['tool_choice']) && toList(body['tools']).length === 0;
}

function collectFromBlocks(names: Set<string>, seen: Set<string>, content: unknown, at: string): void {
  for (const [index, block] of toList(content).entries()) {
    if (names.size >= ignoredParametersMax) return;
    if (!isJsonObject(block)) continue;
    const { type } = block as { readonly type?: unknown };
    if (isLeftOut(type, block['content'])) {
      if (!isRepeated(seen, String(type))) names.add(`${at}[${index}]`);
      continue;
    }
    const fields = fieldsByType.get(type) ?? new Set();
    const isKnown = (name: string) =>
      fields.has(name) || isIdle(name, block[name]) || isRepeated(seen, `${String(type)}.${name}`);
    collectUnknown(names, block, `${at}[${index}].`, isKnown);
    if (type === 'tool_result') collectFromBlocks(names, seen, block['content'], `${at}[${index}].content`);
  }
}

/** Says nothing, as `citations: {enabled: false}`. */
function isIdle(name: string, value: unknown): boolean {
  return isEmpty(value) || (name === 'citations' && isJsonObject(value) && value['enabled'] !== true);
}
