import { isArray, isObject, type JsonObject, type JsonValue } from '../../../json/json-value.ts';
import { createObject } from '../../../json/ordered-object.ts';
import type { CallSyntax } from './call-syntax.ts';
import type { ShownTool } from './tool-call-format.ts';
import { toSpacedJson, writeCalls } from './write-calls.ts';

export interface ToolDefinition {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description: string; readonly parameters: JsonObject };
}

/** A tool as templates expect it: many fail without a description or without properties. */
export function toToolDefinition({ name, description = '', parameters }: ShownTool): ToolDefinition {
  const schema = isObject(parameters) ? parameters : {};
  return {
    type: 'function',
    function: { name, description, parameters: { type: 'object', properties: {}, ...schema } },
  };
}

/**
 * The same with one plain type per parameter, for templates that fail on unions and on schemas without a
 * type. For display only; the rest of the schema stays.
 */
export function simplifyTool(tool: ToolDefinition): ToolDefinition {
  const { function: own } = tool;
  return {
    ...tool,
    function: { ...own, parameters: { ...own.parameters, ...simplifyMembers(own.parameters) } },
  };
}

/** Schemas within schemas. */
const depthMax = 20;

function simplifySchema(schema: JsonValue | undefined, depth: number): JsonObject {
  if (!isObject(schema)) return { type: 'string', description: '' };
  const type = findPlainType(schema);
  const own = depth > depthMax ? {} : simplifyMembers(schema, depth);
  return { description: '', ...schema, type, ...own };
}

function simplifyMembers({ properties, items }: JsonObject, depth = 0): JsonObject {
  const simpler = isObject(properties)
    ? Object.entries(properties).map(([name, one]) => [name, simplifySchema(one, depth + 1)] as const)
    : undefined;
  return {
    ...(simpler === undefined ? {} : { properties: createObject(simpler) as JsonObject }),
    ...(items === undefined ? {} : { items: simplifySchema(items, depth + 1) }),
  };
}

function findPlainType({ type, anyOf, oneOf, properties, items }: JsonObject): string {
  if (typeof type === 'string') return type;
  if (isArray(type)) return String(type.find((one) => one !== 'null') ?? 'null');
  const ways = isArray(anyOf) ? anyOf : isArray(oneOf) ? oneOf : [];
  const way = ways.find((one) => isObject(one) && typeof one['type'] === 'string' && one['type'] !== 'null');
  if (isObject(way)) return String(way['type']);
  if (properties !== undefined) return 'object';
  return items === undefined ? 'string' : 'array';
}

/** The description of tools in a system message, for templates without one. */
export function describeTools(syntax: CallSyntax, tools: readonly ShownTool[]): string {
  const lines = tools.map((tool) => toSpacedJson(toToolDefinition(tool)));
  const example = writeCalls(syntax, [
    { id: 'example01', name: 'example_function', arguments: '{"example_parameter": "value"}' },
  ]);
  return [
    'You may call functions to help the user. These functions are available:',
    '<tools>',
    ...lines,
    '</tools>',
    'To call a function, answer in exactly this form, with its name and its arguments:',
    example.trim(),
  ].join('\n');
}
