import { toGemmaText } from '../../../grammar/gbnf/gemma-value-grammar.ts';
import { sortForGemma } from '../../../grammar/gbnf/sort-for-gemma.ts';
import { isObject } from '../../../json/json-value.ts';
import { writeJson } from '../../../json/write-json.ts';
import type { ArgumentsForm, CallPart, CallSyntax } from './call-syntax.ts';
import { parseJson } from './read-json.ts';
import { toCallId } from './to-call-id.ts';
import type { MadeCall } from './tool-call-format.ts';

/** Calls as the model would write them, for templates that don't write earlier ones. */
export function writeCalls(syntax: CallSyntax, calls: readonly MadeCall[]): string {
  const written = calls.map((call, index) =>
    syntax.call.map((part) => writePart(part, call, index)).join(''),
  );
  return `${syntax.open}${written.join(syntax.separator)}${syntax.close}`;
}

function writePart(part: CallPart, call: MadeCall, index: number): string {
  switch (part.kind) {
    case 'text':
      return part.texts[0];
    case 'name':
      return call.name;
    case 'id': {
      const id = part.form === 'number' ? String(index) : toCallId(part.form, call, index);
      return `${part.before}${id}${part.after}`;
    }
    case 'arguments':
      return writeArguments(part.form, call.arguments);
  }
}

function writeArguments(form: ArgumentsForm, json: string): string {
  const value = parseJson(json)?.value;
  const members = isObject(value) ? Object.entries(value) : [];
  switch (form.kind) {
    case 'json':
      return value === undefined ? json : toSpacedJson(value);
    case 'tagged':
      return members
        .map(([name, one]) => {
          const isText = typeof one === 'string';
          const between = isText ? form.beforeText : (form.beforeValue ?? form.beforeText);
          return `${form.beforeName}${name}${between}${isText ? one : toSpacedJson(one)}${form.afterValue}`;
        })
        .join('');
    case 'python':
      return members.map(([name, one]) => `${name}=${toPythonText(one)}`).join(', ');
    case 'gemma':
      return sortForGemma(members.map(([name, one]) => ({ name, one })))
        .map(({ name, one }) => `${name}:${toGemmaText(one)}`)
        .join(',');
  }
}

/** JSON as Python writes it, and so as models have mostly seen it: with a space after commas and colons. */
export function toSpacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toSpacedJson).join(', ')}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(
      ([name, one]) => `${JSON.stringify(name)}: ${toSpacedJson(one)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return writeJson(value) ?? 'null';
}

function toPythonText(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(toPythonText).join(', ')}]`;
  if (isObject(value)) {
    const members = Object.entries(value).map(
      ([name, one]) => `${JSON.stringify(name)}: ${toPythonText(one)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return writeJson(value) ?? 'None';
}
