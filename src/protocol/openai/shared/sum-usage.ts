import type { TokenUsage } from '../../../backend/generation-event.ts';

/** The usage of several choices in their order: the prompt, which was evaluated once, counts once. */
export function sumUsage(usages: readonly TokenUsage[]): TokenUsage {
  const [first] = usages;
  return {
    promptTokens: first?.promptTokens ?? 0,
    cachedTokens: first?.cachedTokens ?? 0,
    completionTokens: usages.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    reasoningTokens: usages.reduce((sum, { reasoningTokens }) => sum + reasoningTokens, 0),
    drafts: {
      acceptedTokens: usages.reduce((sum, { drafts }) => sum + (drafts?.acceptedTokens ?? 0), 0),
      rejectedTokens: usages.reduce((sum, { drafts }) => sum + (drafts?.rejectedTokens ?? 0), 0),
    },
  };
}
