// Log-probabilities of servers that leave something out, or say more than they were asked for.
import { describe, expect, test } from 'vitest';
import { createRequest } from '../../../../test/create-request.ts';
import { dialects } from './dialects.ts';
import { createUpstreamAnswerReader } from './upstream-answer-reader.ts';

/** The events between `started` and `finish`. */
function read(values: readonly unknown[], topLogprobs?: number) {
  const reader = createUpstreamAnswerReader({
    request: createRequest('Hello', { topLogprobs }),
    form: { choiceCount: 1, isStreamed: true, dialect: dialects['openai-compatible'] },
  });
  const events = [...values.flatMap((value) => reader.read(value)), ...reader.end()];
  return events.map(({ event }) => event).slice(1, -1);
}

const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const plain = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] };
const text = (one: string) => ({ type: 'text-delta', text: one });

describe('log-probabilities', () => {
  const rated = (token: string, content: string, extra = {}) => ({
    choices: [
      { delta: { content }, logprobs: { content: [{ token, logprob: -1, ...extra }] }, finish_reason: null },
    ],
  });

  test('without bytes have those of their text', () => {
    const events = read([rated('é', 'é'), end], 0);
    expect(events).toEqual([
      { ...text('é'), logprobs: [{ text: 'é', bytes: [195, 169], logprob: -1, top: [] }] },
    ]);
  });

  test('of an unfinished character come with it, and those of the end nowhere', () => {
    const events = read([rated('\ufffd', ''), rated('\ufffd', '√'), rated('</s>', ''), end], 0);
    expect(events.map((event) => event.type === 'text-delta' && event.logprobs?.length)).toEqual([2]);
  });

  test('are no more than were asked for', () => {
    const top = [1, 2, 3].map((rank) => ({ token: `t${rank}`, logprob: -rank, bytes: null }));
    const [event] = read([rated('a', 'a', { top_logprobs: top }), end], 2);
    expect(event?.type === 'text-delta' && event.logprobs?.[0]?.top.map((one) => one.text)).toEqual([
      't1',
      't2',
    ]);
  });

  test('that were not asked for are not there, and that are missing are a fault', () => {
    expect(read([rated('a', 'a'), end])).toEqual([text('a')]);
    expect(() => read([plain, end], 0)).toThrow('log-probabilities');
  });
});
