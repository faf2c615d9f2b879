import { describePlace, type PlacedText, writePlacedText } from '../backend/placed-text.ts';
import type { RequestPlace } from '../backend/request-place.ts';
import { StoreError } from '../store/store-error.ts';

/** Errors of use cases, besides the errors of backends and keys. */
export type ServiceErrorCode =
  | 'model_not_found'
  /** The key names models that it may use, and this one is not among them. */
  | 'model_not_allowed'
  /** An alias can't be removed. */
  | 'alias_removal'
  /** An upstream serves the model, so it can't be loaded, unloaded or removed here. */
  | 'remote_model'
  /** The reference to pull is not allowed over the API. */
  | 'pull_refused'
  /** It could not be fetched, or is no model that can be served. */
  | 'pull_failed'
  /** No stored completion or response of this key has the id. */
  | 'response_not_found'
  /** An earlier request with the same idempotency key was another one. */
  | 'idempotency_key_reused'
  /** The first request with the same idempotency key is still being answered. */
  | 'idempotency_key_in_use'
  /** The deployment of the model lacks a required capability. */
  | 'unsupported_capability'
  /** The same for an image, which has a separate code on the wire. */
  | 'unsupported_image'
  /** The form that was asked for can't be enforced, or would cost too much. */
  | 'unsupported_schema'
  /** The model's vectors are shorter. */
  | 'too_many_dimensions'
  /** The generated answer is not in the requested format. */
  | 'invalid_structured_output'
  /** A limit of the key or of its project is used up. */
  | 'rate_limit_exceeded'
  /** A budget of the key or of its project is spent. */
  | 'insufficient_quota'
  /** A report of usage that is too large, or finer than what is kept. */
  | 'report_refused'
  /** The configuration that was to be loaded is wrong. */
  | 'invalid_config'
  /** Keys or stored answers can't be read or written now. */
  | 'store_unavailable';

/** Whether the storage failed, and not the request: its message is for the operator and never shown to a client. */
export function isStoreFailure(error: unknown): boolean {
  return error instanceof StoreError;
}

/** Clients are shown its sentence; `message` is the same for logs. */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly sentence: PlacedText;
  /** The part of the request at fault; undefined where none is. */
  readonly place: RequestPlace | undefined;

  constructor(code: ServiceErrorCode, sentence: PlacedText, place?: RequestPlace) {
    super(writePlacedText(sentence, describePlace));
    this.name = 'ServiceError';
    this.code = code;
    this.sentence = sentence;
    this.place = place;
  }
}

/** Characters of a name or an id that a message quotes at most. */
const quotedNameMax = 100;

export function createModelNotFoundError(modelName: string): ServiceError {
  return new ServiceError(
    'model_not_found',
    `The model '${quote(modelName)}' does not exist or you do not have access to it.`,
    { kind: 'model' },
  );
}

/** Says the same of a model that is not there. */
export function createModelNotAllowedError(modelName: string): ServiceError {
  return new ServiceError(
    'model_not_allowed',
    `This key may not use the model '${quote(modelName)}'. \`GET /models\` lists those that it may use.`,
  );
}

/** The same message for records that never existed, were deleted, or belong to another key. */
export function createCompletionNotFoundError(id: string, place: RequestPlace): ServiceError {
  return new ServiceError('response_not_found', `Nothing is stored under the id '${quote(id)}'.`, place);
}

/** Without what would break a line of a log. */
function quote(text: string): string {
  const cut = text.length > quotedNameMax ? `${text.slice(0, quotedNameMax)}…` : text;
  return cut.replace(/\p{Cc}/gu, '\uFFFD');
}

/** `path` leads into the schema of the output format, or into a tool's parameters where the caller says so. */
export function createUnsupportedSchemaError(path: string, sentence: string): ServiceError {
  return new ServiceError('unsupported_schema', sentence, { kind: 'output-format', path });
}

/** Where in its schema the keyword stands that can't be compiled. */
export function toSchemaPath({ place }: ServiceError): string {
  return place !== undefined && 'path' in place ? place.path : '';
}

/** Characters of a problem that a message quotes at most: a check may quote the answer. */
const quotedProblemMax = 200;

/** `problems`: what the check said, at least one; `attempts`: how many answers were made, 1 or more. */
export function createInvalidOutputError(problems: readonly string[], attempts: number): ServiceError {
  const [problem = ''] = problems;
  const quoted = problem.length > quotedProblemMax ? `${problem.slice(0, quotedProblemMax)}…` : problem;
  const made = attempts === 1 ? 'The answer does' : `All ${attempts} answers that were generated do`;
  return new ServiceError(
    'invalid_structured_output',
    `${made} not have the requested format. The last problem: ${quoted}`,
  );
}
