import { type GenerationEvent, noUsage, type TokenUsage } from '../../../backend/generation-event.ts';

/** The usage of choices while they are made. */
export interface UsageMeter {
  note(choice: number, event: GenerationEvent): void;
  /** So far, of choices 0 to `count` - 1; one that has not begun has none. */
  list(count: number): readonly TokenUsage[];
}

export function createUsageMeter(): UsageMeter {
  const usages = new Map<number, TokenUsage>();
  return {
    note: (choice, event) => {
      const before = usages.get(choice) ?? noUsage;
      if (event.type === 'started') {
        const { promptTokens = 0, cachedTokens = 0 } = event;
        usages.set(choice, { ...noUsage, promptTokens, cachedTokens });
      } else if (event.type === 'finish') {
        usages.set(choice, event.usage);
      } else if (event.type !== 'echo' && event.soFar !== undefined) {
        usages.set(choice, { ...before, ...event.soFar });
      }
    },
    list: (count) => Array.from({ length: count }, (_, choice) => usages.get(choice) ?? noUsage),
  };
}
