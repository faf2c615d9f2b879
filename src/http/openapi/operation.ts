import type { ApiForm } from '../api-form.ts';
import type { ErrorCode } from '../error-table.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A successful answer: its schema for each content type. */
export interface OperationAnswer {
  readonly description: string;
  readonly content: Readonly<Record<string, JsonSchema>>;
  /** Names from `answerHeaders`, in addition to the ones of every answer. */
  readonly headers?: readonly string[];
}

export interface OperationParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  /** A parameter of the path always is. */
  readonly required?: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface SampleContext {
  /** Of this server as its client sees it, without a slash at the end. */
  readonly serverUrl: string;
  /** `/v1/inference` or `/v1`; empty for what stands under neither. */
  readonly base: string;
  /** A model that can do what the sample shows. */
  readonly model: string;
}

/** Programs that run as they are, once the key is in `GRAVIXLAYER_API_KEY`. */
export interface CodeSamples {
  readonly curl: string;
  readonly python: string;
  readonly javascript: string;
}

/** The reference documentation of one route. */
export interface Operation {
  readonly id: string;
  /** The form of its errors. Default: OpenAI's. */
  readonly apiForm?: ApiForm;
  readonly tag: string;
  readonly summary: string;
  /** The capability that the samples need. Default: chat. */
  readonly needs?: 'chat' | 'embeddings';
  readonly description: string;
  readonly parameters?: readonly OperationParameter[];
  /** The schema of a JSON body, and a body that works here. */
  readonly body?: {
    readonly schema: JsonSchema;
    readonly toExample: (context: Pick<SampleContext, 'model'>) => unknown;
  };
  /** By status. */
  readonly answers: Readonly<Record<number, OperationAnswer>>;
  /** Errors in addition to the ones of every request. */
  readonly errors: readonly ErrorCode[];
  /** Its query is checked: what can be wrong with a body can be wrong with it. A body always is. */
  readonly hasRequestErrors?: boolean;
  readonly toSamples: (context: SampleContext) => CodeSamples;
}

/** An answer that is one of the document's schemas. */
export function toJsonAnswer(
  description: string,
  schema: string,
  headers: readonly string[] = [],
): OperationAnswer {
  return {
    description,
    headers,
    content: { 'application/json': { $ref: `#/components/schemas/${schema}` } },
  };
}
