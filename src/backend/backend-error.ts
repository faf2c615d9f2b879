import type { GenerationPrompt } from './generation-request.ts';
import { describePlace, type PlacedText, writePlacedText } from './placed-text.ts';
import type { RequestPlace } from './request-place.ts';

/** Every way in which a backend may fail a request. The HTTP layer maps them to statuses in one table. */
export type BackendErrorCode =
  /** The queue is full, its deadline passed, or the backend is draining. */
  | 'overloaded'
  | 'model_loading'
  | 'insufficient_memory'
  /** The model's files are missing or damaged. */
  | 'model_unavailable'
  | 'engine_crashed'
  | 'context_length_exceeded'
  /** The model's chat template has no form for these messages. */
  | 'unsupported_messages'
  /** The grammar does not parse, costs more than its limits, or no text of this model matches it. */
  | 'unsupported_grammar'
  /** A token id that the model's vocabulary does not have. */
  | 'unknown_token'
  /** The same in a prompt that was given as token ids. */
  | 'unknown_prompt_token'
  /** The model is of another kind: it generates text, or it makes embeddings. */
  | 'unsupported_model'
  /** The model was not trained to write what stands before a given text. */
  | 'unsupported_suffix'
  /** The same for a token that ends the completion. */
  | 'unknown_stop_token'
  /** The model does not think, and was asked to. */
  | 'unsupported_reasoning'
  /** The model's chat template has no such variable. */
  | 'unsupported_template_variable'
  /** The request ran longer than its limit. */
  | 'timeout'
  /** A remote server failed, broke its protocol, or refused our key or the name of its model. */
  | 'upstream_error'
  /** A remote server refused the request because of a limit there. */
  | 'rate_limited'
  /** A remote server found the request itself to be wrong, and no other code says why. */
  | 'invalid_request';

/** The fault is not the request's: the same one may succeed later, or at another deployment. */
const retryableCodes: ReadonlySet<BackendErrorCode> = new Set([
  'overloaded',
  'model_loading',
  'insufficient_memory',
  'model_unavailable',
  'engine_crashed',
  'upstream_error',
  'rate_limited',
]);

export interface BackendErrorDetails {
  /** When a retry may succeed, in milliseconds from now; measured, not guessed. */
  readonly retryAfterMs?: number | undefined;
  /** Default: what the code says. The `timeout` of a remote server's answer is retryable, the request's own is not. */
  readonly isRetryable?: boolean | undefined;
  /** Default: false. */
  readonly wasGenerating?: boolean;
  /** A remote server refuses our key, our account or the name of its model: no wait helps. Default: false. */
  readonly isAccessRefused?: boolean;
  /** A remote server took the request, and failed at it or sent what is no answer: the content may be why. Default: false. */
  readonly mayBeProvoked?: boolean;
  /** The server was lost while it had the request: the content may have ended its process. Default: what the code says. */
  readonly isServerLost?: boolean;
  /** The part of the request at fault, where it is another one than the code says. */
  readonly place?: RequestPlace | undefined;
  readonly cause?: unknown;
}

/** The part of the request that each code is about; the others are about none. */
const placesByCode: ReadonlyMap<BackendErrorCode, RequestPlace> = new Map<BackendErrorCode, RequestPlace>([
  ['insufficient_memory', { kind: 'model' }],
  ['model_unavailable', { kind: 'model' }],
  ['unsupported_model', { kind: 'model' }],
  ['context_length_exceeded', { kind: 'prompt' }],
  ['unsupported_messages', { kind: 'prompt' }],
  ['unknown_prompt_token', { kind: 'prompt' }],
  ['unsupported_grammar', { kind: 'answer-grammar' }],
  ['unknown_token', { kind: 'token-bias' }],
  ['unknown_stop_token', { kind: 'stop-token' }],
  ['unsupported_suffix', { kind: 'suffix' }],
  ['unsupported_reasoning', { kind: 'reasoning-effort' }],
  ['unsupported_template_variable', { kind: 'template-variables' }],
]);

/** Clients are shown its sentence, which has no paths, addresses or stacks. `message` is the same for logs. */
export class BackendError extends Error {
  readonly code: BackendErrorCode;
  readonly sentence: PlacedText;
  readonly place: RequestPlace | undefined;
  readonly retryAfterMs: number | undefined;
  /** The same request may succeed later, or at another deployment. */
  readonly isRetryable: boolean;
  /** The prompt had been accepted: tokens may have been spent, and a reader may have seen some. */
  readonly wasGenerating: boolean;
  /** A remote server refuses our access, which only its operator can mend. */
  readonly isAccessRefused: boolean;
  /** Another request may be served well at the same place. */
  readonly mayBeProvoked: boolean;
  /** The request may have ended the process that served it, and would end the next one. */
  readonly isServerLost: boolean;

  constructor(code: BackendErrorCode, sentence: PlacedText, details: BackendErrorDetails = {}) {
    super(writePlacedText(sentence, describePlace), { cause: details.cause });
    this.name = 'BackendError';
    this.code = code;
    this.sentence = sentence;
    this.place = details.place ?? placesByCode.get(code);
    this.retryAfterMs = details.retryAfterMs;
    this.isRetryable = details.isRetryable ?? retryableCodes.has(code);
    this.wasGenerating = details.wasGenerating ?? false;
    this.isAccessRefused = details.isAccessRefused ?? false;
    this.mayBeProvoked = details.mayBeProvoked ?? false;
    this.isServerLost = details.isServerLost ?? code === 'engine_crashed';
  }
}

/** OpenAI's own sentences, which agents match on to compact the conversation and try again. */
export function createContextOverflowError(
  contextLength: number,
  promptTokens: number,
  kind: GenerationPrompt['kind'] = 'chat',
): BackendError {
  const what = kind === 'chat' ? 'messages' : 'prompt';
  return new BackendError(
    'context_length_exceeded',
    `This model's maximum context length is ${contextLength} tokens. However, your ${what} resulted in ${promptTokens} tokens. Please reduce the length of the ${what}.`,
  );
}
