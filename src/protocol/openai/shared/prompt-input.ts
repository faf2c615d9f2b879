import { z } from 'zod';
import type { RequestProblem } from './error.ts';
import { describeType } from './to-request-problems.ts';

/** Prompts or inputs of one request. */
export const inputsMax = 2_048;

/** Token ids of one prompt or input: more than any context here holds. */
export const inputTokensMax = 1_048_576;

/** A text, or the ids of its tokens. */
export type PromptInput = string | readonly number[];

/** It passes as it came and is read by `readPromptInputs`: zod would look at a million numbers four times. */
export const promptInputSchema = z.unknown().meta({
  anyOf: [
    { type: 'string' },
    { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: inputsMax },
    {
      type: 'array',
      items: { type: 'integer', minimum: 0 },
      minItems: 1,
      maxItems: inputTokensMax,
    },
    {
      type: 'array',
      items: {
        type: 'array',
        items: { type: 'integer', minimum: 0 },
        minItems: 1,
        maxItems: inputTokensMax,
      },
      minItems: 1,
      maxItems: inputsMax,
    },
  ],
});

/** One prompt or several; a problem, whose `param` begins with `name`, where it is neither. */
export function readPromptInputs(value: unknown, name: string): readonly PromptInput[] | RequestProblem {
  if (value === undefined) {
    return {
      code: 'missing_required_parameter',
      param: name,
      message: `Missing required parameter: '${name}'.`,
    };
  }
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return toTypeProblem(name, 'a string or an array', value);
  if (typeof value[0] === 'number') {
    const problem = findTokenProblem(value, name);
    return problem ?? [value];
  }
  const problem = findLengthProblem(value, name, inputsMax) ?? findInputProblem(value, name);
  return problem ?? value;
}

/** All of them are of the first one's kind. */
function findInputProblem(inputs: readonly unknown[], name: string): RequestProblem | undefined {
  const areTexts = typeof inputs[0] === 'string';
  for (const [index, input] of inputs.entries()) {
    const at = `${name}[${index}]`;
    if (areTexts && typeof input !== 'string') return toTypeProblem(at, 'a string', input);
    if (areTexts) continue;
    if (!Array.isArray(input)) {
      return toTypeProblem(at, index === 0 ? 'a string, an integer or an array' : 'an array', input);
    }
    const problem = findTokenProblem(input, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The problems of a list of token ids. */
export function findTokenProblem(tokens: readonly unknown[], name: string): RequestProblem | undefined {
  const problem = findLengthProblem(tokens, name, inputTokensMax);
  if (problem !== undefined) return problem;
  const index = tokens.findIndex((token) => !Number.isSafeInteger(token) || Number(token) < 0);
  if (index < 0) return undefined;
  const token = tokens[index];
  const param = `${name}[${index}]`;
  if (typeof token !== 'number' || !Number.isInteger(token)) return toTypeProblem(param, 'an integer', token);
  return token < 0
    ? {
        code: 'integer_below_min_value',
        param,
        message: `Invalid '${param}': integer below minimum value. Expected a value >= 0, but got ${token} instead.`,
      }
    : {
        code: 'integer_above_max_value',
        param,
        message: `Invalid '${param}': integer above maximum value. Expected a value <= ${Number.MAX_SAFE_INTEGER}, but got ${token} instead.`,
      };
}

function findLengthProblem(
  list: readonly unknown[],
  param: string,
  lengthMax: number,
): RequestProblem | undefined {
  if (list.length === 0) {
    const message = `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
    return { code: 'empty_array', param, message };
  }
  if (list.length <= lengthMax) return undefined;
  const message = `Invalid '${param}': array too long. Expected an array with maximum length ${lengthMax}, but got an array with length ${list.length} instead.`;
  return { code: 'array_above_max_length', param, message };
}

function toTypeProblem(param: string, expected: string, value: unknown): RequestProblem {
  const message = `Invalid type for '${param}': expected ${expected}, but got ${describeType(value)} instead.`;
  return { code: 'invalid_type', param, message };
}
