import { type BackendCapabilities, fewStopsMax } from '../../../backend/backend-capabilities.ts';
import type { OutputFormat } from '../../../backend/output-format.ts';
import type { UpstreamKind } from '../../../upstream-rules/upstream-kinds.ts';
import { dialects } from './dialects.ts';

/**
 * What a deployment of this kind can do. `own` says what its operator knows better: the preset knows the server, and not
 * the model.
 */
export function toUpstreamCapabilities(
  kind: UpstreamKind,
  own: Partial<BackendCapabilities> = {},
): BackendCapabilities {
  const { sampling, formats, ...dialect } = dialects[kind];
  return {
    grammar: false,
    outputFormats: new Set(Object.keys(formats) as OutputFormat['kind'][]),
    tools: true,
    images: dialect.images,
    imageAddresses: false,
    logprobs: true,
    prefill: dialect.prefill !== undefined,
    textPrompts: dialect.textPrompts,
    tokenPrompts: dialect.tokenPrompts,
    echo: true,
    echoedTokens: dialect.echo === 'tokens',
    emptyAnswers: dialect.emptyAnswers !== undefined,
    suffix: dialect.suffix,
    logitBias: sampling.logitBias !== undefined,
    topK: sampling.topK !== undefined,
    minP: sampling.minP !== undefined,
    repetitionPenalty: sampling.repetitionPenalty !== undefined,
    manyStops: dialect.stopSequencesMax > fewStopsMax,
    reasoningEffort: true,
    reasoningBudget: dialect.reasoningBudgetField !== undefined,
    endingRules: dialect.minTokensField !== undefined,
    templateVariables: dialect.templateVariablesField !== undefined,
    bendsForms: true,
    ...own,
  };
}
