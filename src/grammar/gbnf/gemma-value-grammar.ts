import { isArray, isObject, type JsonObject } from '../../json/json-value.ts';
import { writeJson } from '../../json/write-json.ts';
import type { GrammarWriter } from './grammar-writer.ts';
import { anyNumber } from './json-rules.ts';
import { toLiteral } from './literal.ts';
import { repeatRule } from './repeat-rule.ts';
import { sortForGemma } from './sort-for-gemma.ts';
import { addTextUntil } from './text-until.ts';

/** Gemma 4's replacement for quotes around a string. */
export const gemmaQuote = '<|"|>';
/** Schemas within schemas; below it any value may stand. */
const depthMax = 8;

/**
 * A value in Gemma's own notation. It holds types, enums, items and properties; other keywords are left to the check of
 * the finished arguments.
 */
export function addGemmaValue(writer: GrammarWriter, schema: unknown, depth = 0): string {
  if (!isObject(schema) || depth > depthMax) return addAny(writer);
  const values = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  if (isArray(values) && values.length > 0) {
    return writer.add(values.map((value) => toLiteral(toGemmaText(value))).join(' | '));
  }
  const value = (one: unknown) => addGemmaValue(writer, one, depth + 1);
  const types = isArray(schema['type']) ? schema['type'] : [schema['type']];
  const ways = types.map((type) => {
    switch (type) {
      case 'string':
        return addString(writer);
      case 'integer':
        return writer.addNamed('gemma-integer', () => '"-"? ("0" | [1-9] [0-9]{0,15})');
      case 'number':
        return anyNumber(writer);
      case 'boolean':
        return '("true" | "false")';
      case 'null':
        return '"null"';
      case 'array':
        return addList(writer, value(schema['items']), Number(schema['minItems'] ?? 0));
      case 'object':
        return isObject(schema['properties']) ? addObject(writer, schema, value) : addAny(writer);
      default:
        return addAny(writer);
    }
  });
  return writer.add(ways.join(' | '));
}

function addString(writer: GrammarWriter): string {
  const end = addTextUntil(writer, gemmaQuote, writer.bounds?.stringCharactersMax);
  return writer.add(`${toLiteral(gemmaQuote)} ${end}`);
}

/** As many items as the schema demands have room, whatever the bounds. */
function addList(writer: GrammarWriter, item: string, itemsMin: number): string {
  const itemsMax = Math.max(writer.bounds?.itemsMax ?? Number.POSITIVE_INFINITY, itemsMin);
  return writer.add(`"[" (${repeatWithCommas(writer, item, itemsMax)})? "]"`);
}

function repeatWithCommas(writer: GrammarWriter, one: string, max: number): string {
  return `${one} ${repeatRule(writer.add(`"," ${one}`), 0, max - 1)}`;
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

/** `levels` of lists and objects; undefined: any number. */
function addAny(writer: GrammarWriter, levels = writer.bounds?.levelsMax): string {
  return writer.addNamed(`gemma-any-${levels ?? 'level'}`, () => {
    const scalars = `${addString(writer)} | ${anyNumber(writer)} | "true" | "false" | "null"`;
    if (levels === 0) return scalars;
    const max = writer.bounds?.freeItemsMax ?? Number.POSITIVE_INFINITY;
    const inner = addAny(writer, levels === undefined ? undefined : levels - 1);
    const member = writer.add(`[a-zA-Z_] [a-zA-Z0-9_\\x2D]{0,63} ":" ${inner}`);
    const list = `"[" (${repeatWithCommas(writer, inner, max)})? "]"`;
    const object = `"{" (${repeatWithCommas(writer, member, max)})? "}"`;
    return `${scalars} | ${list} | ${object}`;
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
