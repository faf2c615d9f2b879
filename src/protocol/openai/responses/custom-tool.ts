// A custom tool takes one text. The model calls it as a function with one string.
import { isJsonObject } from '../shared/json-object.ts';
import { toLarkPattern } from './lark-pattern.ts';
import type { ResponseCustomTool } from './response-tools.ts';

/** The parameter of the function that is a custom tool. */
export const inputParameter = 'input';

/** A Lark grammar is not enforced if it or its expression is longer: the model sees both, and they take tokens. */
const larkPatternCharactersMax = 4_000;

/**
 * A regular expression is a pattern of the string, which the grammar of the call holds, and so is a Lark grammar without
 * recursion. The model is shown any other grammar, and all in Lark, which are easier to read than the pattern.
 */
export function toFunctionTool({ name, description, format }: ResponseCustomTool) {
  const pattern = toPattern(format);
  const shown = isGrammar(format) && (pattern === undefined || format.syntax === 'lark');
  const texts = [description ?? '', shown ? toGrammarText(format) : ''];
  return {
    type: 'function' as const,
    name,
    description: texts.filter((text) => text !== '').join('\n\n') || undefined,
    parameters: {
      type: 'object',
      properties: {
        [inputParameter]: {
          type: 'string',
          description: 'The whole input of the tool, as text.',
          ...(pattern === undefined ? {} : { pattern: `^(?:${pattern})$` }),
        },
      },
      required: [inputParameter],
      additionalProperties: false,
    },
    strict: false,
  };
}

interface Grammar {
  readonly syntax: string;
  readonly definition: string;
}

function isGrammar(format: unknown): format is Grammar {
  return isJsonObject(format) && format['type'] === 'grammar' && typeof format['definition'] === 'string';
}

function toGrammarText({ syntax, definition }: Grammar): string {
  const language = syntax === 'lark' ? 'Lark grammar' : 'regular expression';
  return `The input follows this ${language}:\n${definition}`;
}

/** Whether this is a grammar that the calls don't hold. */
export function isFreeFormat(format: unknown): boolean {
  return isGrammar(format) && toPattern(format) === undefined;
}

/** Undefined for a text of any form, and for a grammar that is no expression or that ECMAScript can't read. */
function toPattern(format: unknown): string | undefined {
  if (!isGrammar(format)) return undefined;
  const { syntax, definition } = format;
  const pattern = syntax === 'lark' ? toLarkPattern(definition, larkPatternCharactersMax) : definition;
  return pattern !== undefined && isPattern(pattern) ? toOwnDots(pattern) : undefined;
}

/** A dot is any character but a line feed. In ECMAScript it leaves out a carriage return too, as files of Windows have. */
function toOwnDots(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./g, (part) => (part === '.' ? '[^\\n]' : part));
}

/** POSIX's classes, and escapes of other languages that ECMAScript reads as their letter. */
const foreignSyntax = /\[\[[:.=]|(?<!\\)(?:\\\\)*\\[aeghijklmopquyzACEFGHIJKLMNOPQRTUVXYZ]/;

function isPattern(source: string): boolean {
  return isReadable(source, 'u') || (isReadable(source, '') && !foreignSyntax.test(source));
}

function isReadable(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}

/** The arguments of an earlier call, as the model wrote them. */
export function toArgumentsText(input: string): string {
  return JSON.stringify({ [inputParameter]: input });
}
