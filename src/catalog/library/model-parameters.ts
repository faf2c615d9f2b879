// Ollama's `params` layer: sampling defaults, stop sequences, and settings of its runner.
//
// https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx
//
// Parameters that Gravix does not support, and invalid values, are skipped and listed in a note. They don't
// fail the pull.
import { z } from 'zod';
import { ModelCheckError } from '../gguf/model-check-error.ts';

/** Stop sequences that a model may bring, and UTF-16 code units of each. */
const stopMax = 64;
const stopCharactersMax = 1_000;

const integerMax = 2 ** 31 - 1;

const stop = z.string().min(1).max(stopCharactersMax);

const penalty = z.number().min(-2).max(2);

/** As requests have them. A value out of range counts as absent, in a manifest of an earlier version too. */
const fields = {
  temperature: z.number().min(0).max(2),
  topP: z.number().min(0).max(1),
  /** 0 is off. */
  topK: z.number().int().min(0).max(integerMax),
  minP: z.number().min(0).max(1),
  repeatPenalty: z.number().gt(0).max(2),
  presencePenalty: penalty,
  frequencyPenalty: penalty,
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** Tokens to generate at most. */
  maxTokens: z.number().int().positive(),
  stop: z.array(stop).max(stopMax),
};

type FieldName = keyof typeof fields;

function lenient<T extends z.ZodType>(field: T) {
  return field.optional().catch(undefined);
}

/** The sampling parameters that the makers recommend. Absent values have no recommendation. */
export const modelParametersSchema = z.object({
  temperature: lenient(fields.temperature),
  topP: lenient(fields.topP),
  topK: lenient(fields.topK),
  minP: lenient(fields.minP),
  repeatPenalty: lenient(fields.repeatPenalty),
  presencePenalty: lenient(fields.presencePenalty),
  frequencyPenalty: lenient(fields.frequencyPenalty),
  seed: lenient(fields.seed),
  maxTokens: lenient(fields.maxTokens),
  stop: lenient(fields.stop),
} satisfies Record<FieldName, z.ZodType>);

export type ModelParameters = z.infer<typeof modelParametersSchema>;

export interface ReadParameters {
  readonly parameters: ModelParameters;
  /** Names of entries that set nothing here, in their order. */
  readonly unusedNames: readonly string[];
}

/** A file of parameters has a few hundred bytes. */
export const parametersBytesMax = 64 * 1024;

/** Maximum number of names in a note. A file may have any number of them. */
const unusedNamesMax = 64;
const nameCharactersMax = 64;

const namesHere: ReadonlyMap<string, FieldName> = new Map([
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['min_p', 'minP'],
  ['repeat_penalty', 'repeatPenalty'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['seed', 'seed'],
  ['num_predict', 'maxTokens'],
  ['stop', 'stop'],
]);

/** @throws ModelCheckError if the text is not a JSON object */
export function readModelParameters(text: string): ReadParameters {
  const entries = z.record(z.string(), z.unknown()).safeParse(toJson(text)).data;
  if (entries === undefined) throw createDamage();
  const parameters: Partial<Record<FieldName, unknown>> = {};
  const unusedNames: string[] = [];
  for (const [name, value] of Object.entries(entries)) {
    const field = namesHere.get(name);
    if (isOff(name, value)) continue;
    const wanted = toOurs(name, value);
    if (field !== undefined && fields[field].safeParse(wanted).success) parameters[field] = wanted;
    else unusedNames.push(name.slice(0, nameCharactersMax));
  }
  return {
    parameters: modelParametersSchema.parse(parameters),
    unusedNames: unusedNames.slice(0, unusedNamesMax),
  };
}

/** Ollama's values for "not set": a random seed, and an unlimited number of tokens. */
function isOff(name: string, value: unknown): boolean {
  if (value === null) return true;
  const isNegative = typeof value === 'number' && value < 0;
  return isNegative && (name === 'seed' || name === 'num_predict');
}

function toOurs(name: string, value: unknown): unknown {
  if (name === 'stop' && typeof value === 'string') return [value];
  return name === 'top_k' && value === -1 ? 0 : value;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw createDamage();
  }
}

function createDamage(): ModelCheckError {
  return new ModelCheckError('damaged_parameters', "The sampling defaults of the model can't be read.");
}
