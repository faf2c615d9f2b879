import type { BackendCapabilities } from '../../../backend/backend-capabilities.ts';
import type { OutputFormat } from '../../../backend/output-format.ts';
import type { UpstreamKind } from './dialect.ts';
import { dialects } from './dialects.ts';

/** What a deployment of this kind can do; `own` says what its operator knows better. */
export function toUpstreamCapabilities(
  kind: UpstreamKind,
  own: Partial<BackendCapabilities> = {},
): BackendCapabilities {
  const dialect = dialects[kind];
  return {
    grammar: false,
    outputFormats: new Set(Object.keys(dialect.formats) as OutputFormat['kind'][]),
    tools: dialect.tools,
    images: dialect.images,
    logprobs: dialect.logprobs,
    prefill: dialect.prefill !== undefined,
    textPrompts: dialect.textPrompts,
    tokenPrompts: dialect.tokenPrompts,
    echo: dialect.textPrompts,
    suffix: dialect.suffix,
    logitBias: dialect.sampling.logitBias !== undefined,
    endingRules: dialect.minTokensField !== undefined,
    templateVariables: dialect.templateVariablesField !== undefined,
    ...own,
  };
}
