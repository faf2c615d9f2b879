import type { ConversationSettings } from './conversation.ts';
import { isJsonObject, readJsonText } from './read-json-text.ts';
import { checkParameter, type SamplingParameter } from './sampling-parameters.ts';

/** What is wrong with a text of tools; undefined if nothing is. */
export function checkTools(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const read = readJsonText(text);
  if (!read.isValid) return read.problem;
  if (!Array.isArray(read.value)) return 'Expected a list of tools: [ … ]';
  const isTool = (tool: unknown) =>
    isJsonObject(tool) &&
    tool['type'] === 'function' &&
    isJsonObject(tool['function']) &&
    typeof tool['function']['name'] === 'string';
  return read.value.every(isTool)
    ? undefined
    : 'Each tool needs "type": "function" and a "function" with a "name".';
}

export function checkSchema(text: string): string | undefined {
  const read = readJsonText(text);
  if (!read.isValid) return text.trim() === '' ? 'Write a JSON Schema.' : read.problem;
  return isJsonObject(read.value) ? undefined : 'Expected a JSON Schema: an object.';
}

/** The first thing that prevents a request. */
export function checkSettings(
  settings: ConversationSettings,
  parameters: readonly SamplingParameter[],
): string | undefined {
  const tools = checkTools(settings.toolsText);
  if (tools !== undefined) return `Tools: ${tools}`;
  const schema = settings.form === 'json_schema' ? checkSchema(settings.schemaText) : undefined;
  if (schema !== undefined) return `Schema: ${schema}`;
  for (const parameter of parameters) {
    const problem = checkParameter(parameter, settings.parameters[parameter.name]);
    if (problem !== undefined) return `${parameter.name}: ${problem}`;
  }
  return undefined;
}
