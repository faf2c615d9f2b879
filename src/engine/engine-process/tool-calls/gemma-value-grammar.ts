import type { GrammarWriter } from '../../../grammar/gbnf/grammar-writer.ts';
import { anyNumber } from '../../../grammar/gbnf/json-rules.ts';
import { toLiteral } from '../../../grammar/gbnf/literal.ts';
import { addTextUntil } from '../../../grammar/gbnf/text-until.ts';
import { isArray, isObject, type JsonObject } from '../../../json/json-value.ts';
import { writeJson } from '../../../json/write-json.ts';
import { sortForGemma } from './sort-for-gemma.ts';

/** What Gemma 4 writes around a string instead of quotes. */
export const gemmaQuote = '<|"|>';
/** Schemas within schemas; below it any value may stand. */
const depthMax = 8;

/**
 * A value in Gemma's own notation. It holds types, enums, items and properties; other keywords are left to whoever
 * checks the finished arguments.
 */
export function addGemmaValue(
  writer: GrammarWriter,
  schema: unknown,
  textCharactersMax: number | undefined,
  depth = 0,
): string {
  const string = () =>
    writer.add(`${toLiteral(gemmaQuote)} ${addTextUntil(writer, gemmaQuote, textCharactersMax)}`);
  if (!isObject(schema) || depth > depthMax) return addAny(writer, string, textCharactersMax);
  const values = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  if (isArray(values) && values.length > 0) {
    return writer.add(values.map((value) => toLiteral(toGemmaText(value))).join(' | '));
  }
  const value = (one: unknown) => addGemmaValue(writer, one, textCharactersMax, depth + 1);
  const types = isArray(schema['type']) ? schema['type'] : [schema['type']];
  const ways = types.map((type) => {
    switch (type) {
      case 'string':
        return string();
      case 'integer':
        return writer.addNamed('gemma-integer', () => '"-"? ("0" | [1-9] [0-9]{0,15})');
      case 'number':
        return anyNumber(writer);
      case 'boolean':
        return '("true" | "false")';
      case 'null':
        return '"null"';
      case 'array':
        return addList(writer, value(schema['items']));
      case 'object':
        return isObject(schema['properties'])
          ? addObject(writer, schema, value)
          : addAny(writer, string, textCharactersMax);
      default:
        return addAny(writer, string, textCharactersMax);
    }
  });
  return writer.add(ways.join(' | '));
}

function addList(writer: GrammarWriter, item: string): string {
  return writer.add(`"[" (${item} ("," ${item})*)? "]"`);
}

function addObject(writer: GrammarWriter, schema: JsonObject, value: (schema: unknown) => string): string {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = new Set(isArray(schema['required']) ? schema['required'] : []);
  let first = '"}"';
  let next = '"}"';
  for (const { name, own } of sortForGemma(
    Object.entries(properties).map(([key, one]) => ({ name: key, own: one })),
  ).reverse()) {
    const member = `${toLiteral(`${name}:`)} ${value(own)}`;
    const isOptional = !required.has(name);
    const afterwards = `"," ${member} ${next}`;
    const atFirst = `${member} ${next}`;
    next = writer.add(isOptional ? `${afterwards} | ${next}` : afterwards);
    first = writer.add(isOptional ? `${atFirst} | ${first}` : atFirst);
  }
  return writer.add(`"{" ${first}`);
}

function addAny(writer: GrammarWriter, string: () => string, textCharactersMax: number | undefined): string {
  // Each tool of a request may have another limit.
  const name = textCharactersMax === undefined ? 'gemma-any' : `gemma-any-${textCharactersMax}`;
  return writer.addNamed(name, () => {
    const member = `[a-zA-Z_] [a-zA-Z0-9_\\x2D]{0,63} ":" ${name}`;
    const list = `"[" (${name} ("," ${name})*)? "]"`;
    const object = `"{" (${member} ("," ${member})*)? "}"`;
    return `${string()} | ${anyNumber(writer)} | "true" | "false" | "null" | ${list} | ${object}`;
  });
}

/** A JSON value in Gemma's notation. */
export function toGemmaText(value: unknown): string {
  if (typeof value === 'string') return `${gemmaQuote}${value}${gemmaQuote}`;
  if (Array.isArray(value)) return `[${value.map(toGemmaText).join(',')}]`;
  if (isObject(value)) {
    const members = sortForGemma(Object.entries(value).map(([name, one]) => ({ name, one })));
    return `{${members.map(({ name, one }) => `${name}:${toGemmaText(one)}`).join(',')}}`;
  }
  return writeJson(value);
}
