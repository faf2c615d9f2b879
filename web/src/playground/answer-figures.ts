import type { Answer } from './conversation.ts';

/** What an answer cost, in a few words. */
export function toFigures(answer: Answer): readonly string[] {
  const { completionTokens, firstTokenMs, durationMs, finishReason } = answer;
  const figures: string[] = [];
  if (finishReason === 'length') figures.push('cut at the limit');
  if (completionTokens !== undefined) figures.push(`${completionTokens.toLocaleString('en')} tokens`);
  if (
    completionTokens !== undefined &&
    completionTokens > 1 &&
    firstTokenMs !== undefined &&
    durationMs !== undefined
  ) {
    const seconds = (durationMs - firstTokenMs) / 1000;
    if (seconds > 0) figures.push(`${toShort((completionTokens - 1) / seconds)} tokens/s`);
  }
  if (firstTokenMs !== undefined) figures.push(`first after ${toShort(firstTokenMs / 1000)} s`);
  return figures;
}

function toShort(count: number): string {
  return count >= 100 ? Math.round(count).toLocaleString('en') : count.toPrecision(2);
}
