import { expect, test } from 'vitest';
import { createCompletionLogprobsWriter } from './completion-logprobs.ts';

const token = (text: string, logprob: number) => ({ text, logprob, bytes: [...Buffer.from(text)] });

test('the token that stands there is told beside the most likely ones', () => {
  const top = [token(' the', -0.5), token(' a', -1)];
  const { top_logprobs: told } = createCompletionLogprobsWriter(2).write([
    { ...token(' zebra', -9), top },
    { ...token(' a', -1), top },
  ]);
  expect(told).toEqual([
    { ' the': -0.5, ' a': -1, ' zebra': -9 },
    { ' the': -0.5, ' a': -1 },
  ]);
});

test('none are told where none were asked for', () => {
  const written = createCompletionLogprobsWriter(0).write([{ ...token('x', -1), top: [] }]);
  expect(written.top_logprobs).toBeNull();
});
