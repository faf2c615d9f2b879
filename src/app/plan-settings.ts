import { defaultHuggingFaceEndpoint } from '../catalog/catalog-entry.ts';
import { defaultHttpLimits } from '../catalog/download/http-limits.ts';
import { createTransport, type Transport } from '../catalog/download/transport.ts';
import { createHuggingFaceAuthorize } from '../catalog/registry/hugging-face-token.ts';
import { defaultOllamaEndpoint, type PlanSettings } from '../catalog/registry/plan-settings.ts';
import type { Config } from '../config/config.ts';

/** The configured addresses of the registries. */
export function toPlanSettings(
  config: Config,
  signal: AbortSignal,
): PlanSettings & { readonly transport: Transport } {
  const { huggingFaceEndpoint = defaultHuggingFaceEndpoint, ollamaEndpoint = defaultOllamaEndpoint } = config;
  return {
    huggingFaceEndpoint,
    ollamaEndpoint,
    authorize: createHuggingFaceAuthorize(config.huggingFaceToken, huggingFaceEndpoint),
    transport: createTransport(config.proxyEnvironment),
    signal,
    limits: defaultHttpLimits,
  };
}
