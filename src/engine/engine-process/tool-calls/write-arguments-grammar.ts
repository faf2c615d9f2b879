import { embedGrammar } from '../../../grammar/gbnf/embed-grammar.ts';
import type { GrammarWriter } from '../../../grammar/gbnf/grammar-writer.ts';
import { toLiteral } from '../../../grammar/gbnf/literal.ts';
import { addTextUntil } from '../../../grammar/gbnf/text-until.ts';
import type { ToolParameter } from '../../../grammar/tool-parameters/tool-parameter.ts';
import type { ArgumentsForm, TaggedForm } from './call-syntax.ts';
import { addGemmaValue } from './gemma-value-grammar.ts';
import { sortForGemma } from './sort-for-gemma.ts';
import type { CallableTool } from './tool-call-format.ts';

export interface ArgumentsGrammar {
  readonly writer: GrammarWriter;
  readonly tool: CallableTool;
  /** Its own in this grammar. */
  readonly prefix: string;
}

/** The arguments of one call as GBNF. */
export function writeArgumentsGrammar(form: ArgumentsForm, grammar: ArgumentsGrammar): string {
  const { writer, tool, prefix } = grammar;
  const { anyParameterGrammar } = tool;
  if (anyParameterGrammar !== undefined && form.kind !== 'json') {
    return writeAnyArguments(form, grammar, anyParameterGrammar);
  }
  switch (form.kind) {
    case 'json':
      return embedGrammar(writer, tool.argumentsGrammar, prefix);
    case 'tagged':
      return writeTagged(form, grammar);
    case 'python':
      return writeSeparated(writer, ', ', tool.parameters, (parameter, index) => {
        const isBoolean = hasType(parameter, 'boolean');
        const value = isBoolean
          ? '("True" | "False")'
          : embedGrammar(writer, parameter.grammar, `${prefix}${index}-`);
        return `${toLiteral(`${parameter.name}=`)} ${value}`;
      });
    case 'gemma':
      return writeSeparated(writer, ',', sortForGemma(tool.parameters), (parameter, index) => {
        // Numbers and the like are written as in JSON, and that grammar also holds their limits.
        const value = isScalar(parameter)
          ? embedGrammar(writer, parameter.grammar, `${prefix}${index}-`)
          : addGemmaValue(writer, parameter.schema, tool.textCharactersMax);
        return `${toLiteral(`${parameter.name}:`)} ${value}`;
      });
  }
}

/** Parameters of a tool that takes any. */
const anyParametersMax = 16;

/** A name that each of these forms can write. */
const anyName = '[a-zA-Z_] [a-zA-Z0-9_\\x2D]{0,63}';

function writeAnyArguments(
  form: Exclude<ArgumentsForm, { kind: 'json' }>,
  { writer, prefix, tool: { textCharactersMax } }: ArgumentsGrammar,
  anyParameterGrammar: string,
): string {
  switch (form.kind) {
    case 'tagged': {
      const text = addTextUntil(writer, form.afterValue, textCharactersMax);
      const [before, after] = [toLiteral(form.beforeName), toLiteral(form.beforeText)];
      return repeatSeparated(writer, '', `${before} ${anyName} ${after} ${text}`);
    }
    case 'python': {
      const value = embedGrammar(writer, anyParameterGrammar, `${prefix}any-`);
      return repeatSeparated(writer, ', ', `[a-zA-Z_] [a-zA-Z0-9_]{0,63} "=" ${value}`);
    }
    case 'gemma':
      return repeatSeparated(
        writer,
        ',',
        `${anyName} ":" ${addGemmaValue(writer, undefined, textCharactersMax)}`,
      );
  }
}

function repeatSeparated(writer: GrammarWriter, separator: string, body: string): string {
  const one = writer.add(body);
  const more = separator === '' ? one : writer.add(`${toLiteral(separator)} ${one}`);
  return writer.add(`(${one} ${more}{0,${anyParametersMax - 1}})?`);
}

function isScalar(parameter: ToolParameter): boolean {
  return ['integer', 'number', 'boolean', 'null'].some((type) => hasType(parameter, type));
}

function hasType({ schema }: ToolParameter, type: string): boolean {
  return typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === type;
}

function writeTagged(form: TaggedForm, { writer, tool, prefix }: ArgumentsGrammar): string {
  return writeSeparated(writer, '', tool.parameters, (parameter, index) => {
    const { name, kind, texts } = parameter;
    const beforeValue = kind === 'text' ? form.beforeText : (form.beforeValue ?? form.beforeText);
    const before = toLiteral(`${form.beforeName}${name}${beforeValue}`);
    if (kind !== 'text') {
      const value = embedGrammar(writer, parameter.grammar, `${prefix}${index}-`);
      return `${before} ${value} ${toLiteral(form.afterValue)}`;
    }
    if (texts === undefined)
      return `${before} ${addTextUntil(writer, form.afterValue, tool.textCharactersMax)}`;
    return `${before} (${texts.map(toLiteral).join(' | ')}) ${toLiteral(form.afterValue)}`;
  });
}

/** Parameters in order, the optional ones or not, with a separator between those that are there. */
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
