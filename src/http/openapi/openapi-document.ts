import type { JsonSchema, OperationParameter } from './operation.ts';

/** The document of /openapi.json, as far as our own pages read it. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path and method in small letters. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly [member: string]: unknown;
}

/** An operation of the document. */
export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly [string];
  readonly summary: string;
  readonly description: string;
  readonly security?: readonly JsonSchema[];
  readonly parameters?: readonly OperationParameter[];
  readonly requestBody?: { readonly content: MediaTypes } & JsonSchema;
  /** By status. */
  readonly responses: Readonly<Record<string, AnswerObject>>;
  readonly 'x-codeSamples': readonly CodeSample[];
}

export interface AnswerObject {
  readonly description: string;
  readonly headers: JsonSchema;
  readonly content: MediaTypes;
}

/** By content type. */
export type MediaTypes = Readonly<
  Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>
>;

export interface CodeSample {
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}
