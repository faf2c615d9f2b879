import type { HttpLimits } from '../download/http-limits.ts';
import type { Authorize } from '../download/http-request.ts';
import type { Transport } from '../download/transport.ts';

export const defaultOllamaEndpoint = 'https://registry.ollama.ai';

/** The addresses of the registries, and the timeouts for them. */
export interface PlanSettings {
  readonly huggingFaceEndpoint: string;
  readonly ollamaEndpoint: string;
  readonly authorize: Authorize;
  /** By default connections are direct. */
  readonly transport?: Transport;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}
