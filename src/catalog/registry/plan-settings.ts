import type { HttpLimits } from '../download/http-limits.ts';
import type { Authorize } from '../download/http-request.ts';

export const defaultOllamaEndpoint = 'https://registry.ollama.ai';

/** Where the registries are, and how patient we are with them. */
export interface PlanSettings {
  readonly huggingFaceEndpoint: string;
  readonly ollamaEndpoint: string;
  readonly authorize: Authorize;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}
