import type { HttpLimits } from '../download/http-limits.ts';
import type { Authorize } from '../download/http-request.ts';
import type { Transport } from '../download/transport.ts';

export const defaultOllamaEndpoint = 'https://registry.ollama.ai';

/** Where the registries are, and how patient we are with them. */
export interface PlanSettings {
  readonly huggingFaceEndpoint: string;
  readonly ollamaEndpoint: string;
  readonly authorize: Authorize;
  /** By default every address is reached directly. */
  readonly transport?: Transport;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}
