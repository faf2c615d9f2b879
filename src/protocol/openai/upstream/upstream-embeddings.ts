import type { EmbeddingRequest, Embeddings } from '../../../backend/embedding.ts';
import { estimateEmbeddingTokens } from '../../../backend/estimate-prompt-tokens.ts';
import { toUnitVector } from '../../../backend/to-unit-vector.ts';
import { isJsonObject } from '../shared/json-object.ts';
import { countedTokensMax } from './answer-limits.ts';
import type { UpstreamBody } from './to-upstream-request.ts';
import { UpstreamFormatError } from './upstream-error.ts';
import { toCount } from './upstream-usage.ts';

/** The body of `POST embeddings`. All inputs are texts, or all are token ids. */
export function toUpstreamEmbeddingRequest({ inputs }: EmbeddingRequest, model: string): UpstreamBody {
  return { model, input: inputs.map((input) => (input.kind === 'text' ? input.text : input.tokens)) };
}

/**
 * The vectors in the order of the inputs, each of the length 1.
 *
 * @throws {UpstreamFormatError} for what is no such answer
 */
export function readUpstreamEmbeddings(
  value: unknown,
  { inputs }: Pick<EmbeddingRequest, 'inputs'>,
): Embeddings {
  const list = isJsonObject(value) ? value['data'] : undefined;
  if (!Array.isArray(list) || list.length !== inputs.length) {
    throw new UpstreamFormatError('The upstream sent other vectors than were asked for.');
  }
  const vectors: Float32Array[] = [];
  for (const [position, entry] of list.entries()) {
    if (!isJsonObject(entry)) throw new UpstreamFormatError('The upstream sent a vector that is none.');
    const index = toCount(entry['index'], 0, inputs.length - 1) ?? position;
    vectors[index] = toUnitVector(readVector(entry['embedding']));
  }
  const dimensions = vectors[0]?.length;
  for (let index = 0; index < inputs.length; index += 1) {
    if (vectors[index] !== undefined && vectors[index]?.length === dimensions) continue;
    throw new UpstreamFormatError('The upstream sent vectors of different lengths, or too few.');
  }
  const usage = isJsonObject(value) && isJsonObject(value['usage']) ? value['usage'] : {};
  const told = toCount(usage['prompt_tokens'] ?? usage['total_tokens'], 1, countedTokensMax);
  return told === undefined
    ? { vectors, promptTokens: estimateEmbeddingTokens(inputs), isEstimated: true }
    : { vectors, promptTokens: told };
}

/** Numbers, or OpenAI's Base64 of floats with the least byte first. */
function readVector(embedding: unknown): readonly number[] {
  const numbers = typeof embedding === 'string' ? readFloats(Buffer.from(embedding, 'base64')) : embedding;
  if (!Array.isArray(numbers) || numbers.length === 0 || !numbers.every((one) => Number.isFinite(one))) {
    throw new UpstreamFormatError('The upstream sent a vector that is no list of numbers.');
  }
  return numbers;
}

function readFloats(bytes: Buffer): readonly number[] {
  const size = Float32Array.BYTES_PER_ELEMENT;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    bytes.readFloatLE(index * size),
  );
}
