// A custom tool takes one text. The model calls it as a function with one string.
import type { ResponseCustomTool } from './response-tools.ts';

/** The parameter of the function that is a custom tool. */
export const inputParameter = 'input';

/**
 * A regular expression is a pattern of the string, which the grammar of the call holds. A Lark grammar is shown to the
 * model, and not enforced.
 */
export function toFunctionTool({ name, description, format }: ResponseCustomTool) {
  const shown = format?.type === 'grammar' && !isEnforced(format) ? toGrammarText(format) : '';
  const pattern = isEnforced(format) ? { pattern: `^(?:${format.definition})$` } : {};
  return {
    type: 'function' as const,
    name,
    description: [description ?? '', shown].filter((text) => text !== '').join('\n\n') || undefined,
    parameters: {
      type: 'object',
      properties: {
        [inputParameter]: {
          type: 'string',
          description: 'The whole input of the tool, as text.',
          ...pattern,
        },
      },
      required: [inputParameter],
      additionalProperties: false,
    },
    strict: false,
  };
}

type Format = NonNullable<ResponseCustomTool['format']>;
type Grammar = Extract<Format, { type: 'grammar' }>;

function toGrammarText({ syntax, definition }: Grammar): string {
  const language = syntax === 'lark' ? 'Lark grammar' : 'regular expression';
  return `The input follows this ${language}:\n${definition}`;
}

/** Whether the calls hold the format. Not a Lark grammar, and no expression that ECMAScript can't read. */
function isEnforced(format: unknown): format is Grammar & { readonly syntax: 'regex' } {
  const { type, syntax, definition } = (format ?? {}) as Record<string, unknown>;
  return type === 'grammar' && syntax === 'regex' && typeof definition === 'string' && isPattern(definition);
}

/** Whether this is a format that the calls don't hold. */
export function isFreeFormat(format: unknown): boolean {
  return (
    (format as { readonly type?: unknown } | null | undefined)?.type === 'grammar' && !isEnforced(format)
  );
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
