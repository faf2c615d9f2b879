import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { type Completion, openStream, post, user } from '../e2e/chat-client.ts';
import type { ServerProcess } from '../server-process.ts';
import { type SoakSchema, soakSchemas } from './soak-schemas.ts';

/** As many as the server has slots. */
const atOnce = 4;

/** Tokens that an answer may have: too few for every schema, up to enough for most. */
const maxTokens = [4, 12, 24, 32, 48, 64, 120];

const temperatures = [0, 0.5, 1, 1.5, 2];

export interface SoakFigures {
  generations: number;
  stop: number;
  length: number;
  /** Answers that failed their check to the last attempt: 502, or an error event in a stream. */
  refused: number;
  /** Answers that are not what their finish reason says: there must be none. */
  readonly wrong: string[];
}

/** An answer as far as it went, plain or streamed. */
interface Answer {
  readonly text: string;
  readonly finishReason: string | undefined;
  readonly completionTokens: number | undefined;
  /** Code of the error that came in its place or at its end. */
  readonly errorCode: string | null | undefined;
}

/**
 * Asks for `count` answers, each with another mixture of schema, temperature, seed, length and way of sending. What
 * is valid is Ajv's own word, without anything of ours between.
 */
export async function runSoak(server: ServerProcess, count: number): Promise<SoakFigures> {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const validators = soakSchemas.map(({ schema }) => ajv.compile(schema));
  const figures: SoakFigures = { generations: 0, stop: 0, length: 0, refused: 0, wrong: [] };
  let next = 0;
  const work = async () => {
    for (let index = next++; index < count; index = next++) {
      await askOnce(server, { index, count, validators }, figures);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return figures;
}

interface Turn {
  readonly index: number;
  readonly count: number;
  readonly validators: readonly ValidateFunction[];
}

async function askOnce(
  server: ServerProcess,
  { index, count, validators }: Turn,
  figures: SoakFigures,
): Promise<void> {
  // One schema after the other, so that the prompt cache has most of the next prompt. The other lists' lengths have
  // no common divisor, so that every mixture comes.
  const place = Math.floor((index * soakSchemas.length) / count);
  const [soakSchema, validate] = [soakSchemas[place], validators[place]];
  if (soakSchema === undefined || validate === undefined) throw new Error('There are no schemas.');
  const limit = maxTokens[index % maxTokens.length] ?? 1;
  const body = {
    ...toBody(soakSchema),
    temperature: temperatures[index % temperatures.length] ?? 0,
    seed: index,
    max_tokens: limit,
  };
  const isStreamed = index % 2 === 1;
  const answer = isStreamed ? await askStreamed(server, body) : await askPlain(server, body);
  figures.generations += 1;
  const wrong = countAnswer(answer, { limit, validate, figures });
  if (wrong !== undefined) {
    figures.wrong.push(`${index} ${soakSchema.name}${isStreamed ? ' streamed' : ''}: ${wrong}`);
  }
}

function toBody({ name, question, schema }: SoakSchema): object {
  return {
    messages: [user(question)],
    response_format: { type: 'json_schema', json_schema: { name, strict: true, schema } },
  };
}

interface Expectation {
  readonly limit: number;
  readonly validate: ValidateFunction;
  readonly figures: SoakFigures;
}

/** Counts an answer; what is wrong with it, if anything is. */
function countAnswer(answer: Answer, { limit, validate, figures }: Expectation): string | undefined {
  const { text, finishReason, completionTokens, errorCode } = answer;
  if (errorCode === 'invalid_structured_output') {
    figures.refused += 1;
    return finishReason === undefined ? undefined : `both an error and ${finishReason}`;
  }
  if (errorCode !== undefined) return `the error ${errorCode}`;
  if (finishReason === 'length') {
    figures.length += 1;
    return completionTokens === limit
      ? undefined
      : `length after ${completionTokens} of ${limit} tokens: ${text}`;
  }
  if (finishReason !== 'stop') return `the finish reason ${finishReason}`;
  figures.stop += 1;
  return isValid(text, validate) ? undefined : `invalid: ${text}`;
}

function isValid(text: string, validate: ValidateFunction): boolean {
  try {
    return validate(JSON.parse(text));
  } catch {
    return false;
  }
}

interface PlainBody extends Partial<Completion> {
  readonly error?: { readonly code: string | null };
}

async function askPlain(server: ServerProcess, body: object): Promise<Answer> {
  const answer = await post(server, body);
  const { error, choices, usage }: PlainBody = JSON.parse(await answer.text());
  return {
    text: choices?.[0].message.content ?? '',
    finishReason: choices?.[0].finish_reason,
    completionTokens: usage?.completion_tokens,
    errorCode: error?.code,
  };
}

async function askStreamed(server: ServerProcess, body: object): Promise<Answer> {
  const stream = await openStream(server, body);
  const { finishReason, usage, errors, isDone } = await stream.ended;
  return {
    text: stream.text(),
    finishReason: isDone ? finishReason : undefined,
    completionTokens: usage?.completion_tokens,
    errorCode: errors[0]?.code,
  };
}
