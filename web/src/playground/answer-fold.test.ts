import { expect, test } from 'vitest';
import { createAnswerFold, StreamProblem } from './answer-fold.ts';

function fold(...chunks: object[]) {
  const answer = createAnswerFold('m');
  for (const [index, chunk] of chunks.entries()) answer.take(JSON.stringify(chunk), index * 10);
  answer.take('[DONE]', 999);
  return answer.read();
}

function delta(part: object, rest: object = {}) {
  return { choices: [{ delta: part, ...rest }] };
}

test('texts and thoughts are joined, and the first one has its time', () => {
  const answer = fold(
    delta({ role: 'assistant', content: '' }),
    delta({ reasoning_content: 'Hm' }),
    delta({ content: 'Hel' }),
    delta({ content: 'lo' }),
    delta({}, { finish_reason: 'stop' }),
    { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } },
  );
  expect(answer).toMatchObject({
    text: 'Hello',
    reasoning: 'Hm',
    finishReason: 'stop',
    promptTokens: 7,
    completionTokens: 3,
    firstTokenMs: 10,
  });
});

test('calls are joined by their index', () => {
  const part = (index: number, id: string | undefined, called: object) =>
    delta({ tool_calls: [{ index, ...(id === undefined ? {} : { id }), function: called }] });
  const answer = fold(
    part(0, 'a', { name: 'f', arguments: '{"x"' }),
    part(1, 'b', { name: 'g', arguments: '' }),
    part(0, undefined, { arguments: ':1}' }),
  );
  expect(answer.toolCalls).toEqual([
    { id: 'a', name: 'f', arguments: '{"x":1}' },
    { id: 'b', name: 'g', arguments: '' },
  ]);
});

test('log-probabilities come with their alternatives', () => {
  const content = [{ token: 'Hi', logprob: -0.1, top_logprobs: [{ token: 'Ho', logprob: -2 }] }];
  expect(fold(delta({ content: 'Hi' }, { logprobs: { content } })).tokens).toEqual([
    { text: 'Hi', logprob: -0.1, alternatives: [{ text: 'Ho', logprob: -2 }] },
  ]);
});

test('an error in the stream is thrown with its message', () => {
  expect(() => fold({ error: { message: 'The engine crashed.' } })).toThrow(
    new StreamProblem('The engine crashed.'),
  );
});
