import type { AnyParametersGrammar, ParametersGrammar, ToolParameter } from '../../../backend/tool.ts';
import { embedGrammar } from '../../../grammar/gbnf/embed-grammar.ts';
import type { GrammarWriter } from '../../../grammar/gbnf/grammar-writer.ts';
import { toLiteral } from '../../../grammar/gbnf/literal.ts';
import { sortForGemma } from '../../../grammar/gbnf/sort-for-gemma.ts';
import { addTextUntil } from '../../../grammar/gbnf/text-until.ts';
import type { ArgumentsForm, TaggedForm } from './call-syntax.ts';
import type { CallableTool } from './tool-call-format.ts';

export interface ArgumentsPlace {
  readonly writer: GrammarWriter;
  /** The name of the rule in this grammar. */
  readonly prefix: string;
}

/** The arguments of one call as GBNF: what the service compiled, with the texts of the form between. */
export function writeArgumentsGrammar(
  form: ArgumentsForm,
  { grammar }: Pick<CallableTool, 'grammar'>,
  place: ArgumentsPlace,
): string {
  if (form.kind !== grammar.notation) throw new Error(`A grammar for ${grammar.notation}, not ${form.kind}.`);
  switch (grammar.kind) {
    case 'object':
      return embedGrammar(place.writer, grammar.gbnf, place.prefix);
    case 'parameters':
      return writeParameters(form, grammar, place);
    case 'any-parameters':
      return writeAnyParameters(form, grammar, place);
  }
}

function writeParameters(form: ArgumentsForm, grammar: ParametersGrammar, place: ArgumentsPlace): string {
  const { writer } = place;
  const { parameters, textCharactersMax } = grammar;
  const write = (separator: string, own: readonly ToolParameter[], before: string) =>
    writeSeparated(writer, separator, own, (parameter, index) => {
      const value = embedGrammar(writer, parameter.gbnf, `${place.prefix}${index}-`);
      return `${toLiteral(`${parameter.name}${before}`)} ${value}`;
    });
  switch (form.kind) {
    case 'tagged':
      return writeTagged(form, parameters, textCharactersMax, place);
    case 'gemma':
      return write(',', sortForGemma(parameters), ':');
    case 'python':
    case 'json':
      return write(', ', parameters, '=');
  }
}

/** A name that each of these forms can write. */
const anyName = '[a-zA-Z_] [a-zA-Z0-9_\\x2D]{0,63}';

function writeAnyParameters(
  form: ArgumentsForm,
  { value, parametersMax, textCharactersMax }: AnyParametersGrammar,
  { writer, prefix }: ArgumentsPlace,
): string {
  const repeat = (separator: string, body: string) => {
    const one = writer.add(body);
    const more = separator === '' ? one : writer.add(`${toLiteral(separator)} ${one}`);
    return writer.add(`(${one} ${more}{0,${parametersMax - 1}})?`);
  };
  if (form.kind === 'tagged') {
    const text = addTextUntil(writer, form.afterValue, textCharactersMax);
    return repeat('', `${toLiteral(form.beforeName)} ${anyName} ${toLiteral(form.beforeText)} ${text}`);
  }
  const own = embedGrammar(writer, value, `${prefix}any-`);
  return form.kind === 'gemma'
    ? repeat(',', `${anyName} ":" ${own}`)
    : repeat(', ', `[a-zA-Z_] [a-zA-Z0-9_]{0,63} "=" ${own}`);
}

function writeTagged(
  form: TaggedForm,
  parameters: readonly ToolParameter[],
  textCharactersMax: number | undefined,
  { writer, prefix }: ArgumentsPlace,
): string {
  return writeSeparated(writer, '', parameters, (parameter, index) => {
    const { name, kind, texts, gbnf } = parameter;
    const beforeValue = kind === 'text' ? form.beforeText : (form.beforeValue ?? form.beforeText);
    const before = toLiteral(`${form.beforeName}${name}${beforeValue}`);
    if (kind !== 'text') {
      return `${before} ${embedGrammar(writer, gbnf, `${prefix}${index}-`)} ${toLiteral(form.afterValue)}`;
    }
    if (texts === undefined) return `${before} ${addTextUntil(writer, form.afterValue, textCharactersMax)}`;
    return `${before} (${texts.map(toLiteral).join(' | ')}) ${toLiteral(form.afterValue)}`;
  });
}

/** Parameters in order, optional or not, with a separator between the present ones. */
function writeSeparated(
  writer: GrammarWriter,
  separator: string,
  parameters: readonly ToolParameter[],
  write: (parameter: ToolParameter, index: number) => string,
): string {
  // From the last to the first: what may follow where nothing was written yet, and where something was.
  let first = '""';
  let next = '""';
  for (const [index, parameter] of [...parameters.entries()].reverse()) {
    const body = writer.add(write(parameter, index));
    const between = separator === '' ? '' : `${toLiteral(separator)} `;
    const wayAtFirst = `${body} ${next}`;
    const wayAfterwards = `${between}${body} ${next}`;
    const isOptional = !parameter.isRequired;
    next = writer.add(isOptional ? `${wayAfterwards} | ${next}` : wayAfterwards);
    first = writer.add(isOptional ? `${wayAtFirst} | ${first}` : wayAtFirst);
  }
  return first;
}
