import type { EmbeddingInput, Embeddings } from '../../../backend/embedding.ts';
import { isRequestProblem } from '../shared/error.ts';
import { parseFields } from '../shared/parse-fields.ts';
import { readPromptInputs } from '../shared/prompt-input.ts';
import {
  type EmbeddingList,
  type EmbeddingWireRequest,
  embeddingRequestSchema,
  unsupportedEmbeddingParameters,
} from './embedding.ts';

export interface ParsedEmbeddingRequest {
  readonly request: EmbeddingWireRequest;
  /** At least one. */
  readonly inputs: readonly EmbeddingInput[];
  readonly ignoredParameters: readonly string[];
}

/** @throws {RequestError} if the body is not a request that can be served completely */
export function parseEmbeddingRequest(
  body: unknown,
  { strict }: { readonly strict: boolean },
): ParsedEmbeddingRequest {
  const { fields, ignoredParameters } = parseFields(embeddingRequestSchema, body, {
    strict,
    later: unsupportedEmbeddingParameters,
    idle: ['user'],
    findProblems: ({ input }) => {
      const inputs = readPromptInputs(input, 'input');
      return isRequestProblem(inputs) ? [inputs] : [];
    },
  });
  const inputs = readPromptInputs(fields.input, 'input');
  return {
    request: fields,
    inputs: isRequestProblem(inputs) ? [] : inputs.map(toEmbeddingInput),
    ignoredParameters,
  };
}

function toEmbeddingInput(input: string | readonly number[]): EmbeddingInput {
  return typeof input === 'string' ? { kind: 'text', text: input } : { kind: 'tokens', tokens: input };
}

export interface PricedEmbeddings extends Pick<Embeddings, 'vectors' | 'promptTokens'> {
  /** In the currency of the model's price; undefined: it has none. */
  readonly cost: number | undefined;
}

export function toEmbeddingList(
  { vectors, promptTokens, cost, ...unhandled }: PricedEmbeddings,
  { model, encoding_format: format }: Pick<EmbeddingWireRequest, 'model' | 'encoding_format'>,
): EmbeddingList {
  unhandled satisfies Record<string, never>;
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? toBase64(vector) : [...vector],
    })),
    model,
    usage: {
      prompt_tokens: promptTokens,
      total_tokens: promptTokens,
      ...(cost === undefined ? {} : { cost }),
    },
  };
}

/** The least byte first, whatever this machine's own order is. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [index, value] of vector.entries()) {
    bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  }
  return bytes.toString('base64');
}
