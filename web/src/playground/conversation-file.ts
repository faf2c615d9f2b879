import type { Conversation } from './conversation.ts';
import { isJsonObject, readJsonText } from './read-json-text.ts';

/** Marks a file of ours. */
const format = 'gravix.conversations.1';

/** Bytes of a file that is read. */
export const fileBytesMax = 50 * 1024 * 1024;

export function toFileText(conversations: readonly Conversation[]): string {
  return JSON.stringify({ format, conversations }, null, 2);
}

/** @throws {Error} with a sentence for the reader */
export function readFileText(text: string): readonly Conversation[] {
  const read = readJsonText(text);
  const value = read.isValid && isJsonObject(read.value) ? read.value : {};
  const list = value['conversations'];
  if (value['format'] !== format || !Array.isArray(list) || !list.every(isConversation)) {
    throw new Error('This is no file with exported conversations of this console.');
  }
  return list;
}

function isConversation(value: unknown): value is Conversation {
  if (!isJsonObject(value)) return false;
  const { id, title, updatedAtMs, lanes, settings } = value;
  const isNamed = typeof id === 'string' && typeof title === 'string' && typeof updatedAtMs === 'number';
  return isNamed && isSettings(settings) && Array.isArray(lanes) && lanes.length > 0 && lanes.every(isLane);
}

function isSettings(value: unknown): boolean {
  if (!isJsonObject(value) || !isJsonObject(value['parameters'])) return false;
  const isForm = ['text', 'json_object', 'json_schema'].includes(String(value['form']));
  const isText = (name: string) => typeof value[name] === 'string';
  return (
    isForm && ['system', 'toolsText', 'schemaText'].every(isText) && typeof value['hasLogprobs'] === 'boolean'
  );
}

function isLane(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value['model'] !== 'string' || !Array.isArray(value['messages']))
    return false;
  const { headId, messages } = value;
  if (!Array.isArray(messages) || !messages.every(isMessage)) return false;
  // A parent comes first, so that no path has a circle.
  const known = new Set<unknown>([null]);
  const isBehindParent = ({ id, parentId }: { id: string; parentId: string | null }) =>
    known.has(parentId) && !known.has(id) && known.add(id) !== undefined;
  return messages.every(isBehindParent) && known.has(headId);
}

function isMessage(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value['id'] !== 'string') return false;
  if (value['parentId'] !== null && typeof value['parentId'] !== 'string') return false;
  if (value['kind'] === 'user') return typeof value['text'] === 'string' && isTextList(value['images']);
  if (value['kind'] === 'tool')
    return isListOf(value['results'], (result) => hasTexts(result, ['callId', 'text']));
  return value['kind'] === 'assistant' && isAnswer(value['answer']);
}

function isAnswer(value: unknown): boolean {
  if (!hasTexts(value, ['model', 'text', 'reasoning']) || !isJsonObject(value)) return false;
  const areCalls = isListOf(value['toolCalls'], (call) => hasTexts(call, ['id', 'name', 'arguments']));
  return (
    areCalls &&
    isListOf(value['tokens'], (token) => isJsonObject(token) && Array.isArray(token['alternatives']))
  );
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isJsonObject(value) && names.every((name) => typeof value[name] === 'string');
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

/** Pictures are texts that begin with `data:image/`, so that no file makes the page load one from elsewhere. */
function isTextList(value: unknown): boolean {
  return isListOf(value, (item) => typeof item === 'string' && item.startsWith('data:image/'));
}
