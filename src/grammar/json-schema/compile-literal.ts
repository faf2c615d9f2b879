import { isArray, isObject, type JsonValue } from '../../json/json-value.ts';
import { writeJson } from '../../json/write-json.ts';
import { space } from '../gbnf/json-rules.ts';
import { toLiteral } from '../gbnf/literal.ts';
import type { CompileRun } from './compile-run.ts';

/** GBNF for exactly this value, with a space where JSON of ours may have one. */
export function toValueLiteral(run: CompileRun, value: JsonValue): string {
  run.spend(1);
  const comma = ` "," ${space(run.writer)} `;
  if (isArray(value)) {
    return value.length === 0
      ? '"[]"'
      : `"[" ${value.map((item) => toValueLiteral(run, item)).join(comma)} "]"`;
  }
  if (isObject(value)) {
    const members = Object.entries(value).map(
      ([name, member]) =>
        `${toLiteral(`${JSON.stringify(name)}:`)} ${space(run.writer)} ${toValueLiteral(run, member ?? null)}`,
    );
    return members.length === 0 ? '"{}"' : `"{" ${members.join(comma)} "}"`;
  }
  return toLiteral(writeJson(value));
}
