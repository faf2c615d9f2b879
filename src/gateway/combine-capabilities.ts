import type { BackendCapabilities } from '../backend/backend-capabilities.ts';

/**
 * Everything that one of them can do: nothing where there is none. The choice for each request is among those that can do
 * all of it.
 */
export function combineCapabilities(each: readonly BackendCapabilities[]): BackendCapabilities {
  const has = (name: Exclude<keyof BackendCapabilities, 'outputFormats'>) =>
    each.some((capabilities) => capabilities[name]);
  return {
    grammar: has('grammar'),
    outputFormats: new Set(each.flatMap(({ outputFormats }) => [...outputFormats])),
    tools: has('tools'),
    images: has('images'),
    logprobs: has('logprobs'),
    prefill: has('prefill'),
    textPrompts: has('textPrompts'),
    tokenPrompts: has('tokenPrompts'),
    echo: has('echo'),
    suffix: has('suffix'),
    logitBias: has('logitBias'),
    endingRules: has('endingRules'),
    templateVariables: has('templateVariables'),
    imageAddresses: has('imageAddresses'),
    echoedTokens: has('echoedTokens'),
    emptyAnswers: has('emptyAnswers'),
    topK: has('topK'),
    minP: has('minP'),
    repetitionPenalty: has('repetitionPenalty'),
    manyStops: has('manyStops'),
    reasoningEffort: has('reasoningEffort'),
    reasoningBudget: has('reasoningBudget'),
    bendsForms: has('bendsForms'),
  };
}
