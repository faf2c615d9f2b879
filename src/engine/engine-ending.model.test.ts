// Where an answer begins and ends: continued messages, and what bars or brings its end. A real process, the real model.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatPrompt } from '../../test/chat-prompt.ts';
import { createRequest } from '../../test/create-request.ts';
import { startEngine } from '../../test/start-engine.ts';
import { testModelPath } from '../../test/test-model.ts';
import type { FinishEvent, TokenLogprob } from '../backend/generation-event.ts';
import {
  type ChatMessage,
  type GenerationRequest,
  neutralSampling,
  plainEnding,
  type SamplingParameters,
} from '../backend/generation-request.ts';
import { textContent, toText } from '../backend/message-content.ts';
import type { EngineClient } from './engine-client.ts';

let client: EngineClient;

beforeAll(async () => {
  client = await startEngine(testModelPath());
});
afterAll(async () => {
  await client.close(1000);
});

const greedy: SamplingParameters = { ...neutralSampling, temperature: 0, seed: 1 };
/** Of the test model. */
const vocabularySize = 49_152;
/** Answered in a few tokens. */
const sum = { role: 'user', content: textContent('What is 2+2?') } as const;
const question = { role: 'user', content: textContent('What is the capital of France?') } as const;

interface Answer {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly finish: FinishEvent;
}

async function write(changes: Partial<GenerationRequest> = {}): Promise<Answer> {
  const request = createRequest('', {
    prompt: chatPrompt([sum]),
    sampling: greedy,
    maxTokens: 40,
    ...changes,
  });
  let text = '';
  const logprobs: TokenLogprob[] = [];
  for await (const event of client.generate(request, new AbortController().signal).events) {
    if (event.type === 'text-delta') {
      text += event.text;
      logprobs.push(...(event.logprobs ?? []));
    }
    if (event.type === 'finish') return { text, logprobs, finish: event };
  }
  throw new Error('The answer has no end.');
}

const tokensOf = ({ finish }: Answer) => finish.usage.completionTokens;

/** What does not depend on the prompt cache. */
const essence = (answer: Answer) => ({
  text: answer.text,
  reason: answer.finish.reason,
  tokens: tokensOf(answer),
});

describe('a continued message', () => {
  const goOn = (text: string, changes: Partial<GenerationRequest> = {}, after: ChatMessage = question) =>
    write({
      prompt: chatPrompt([after, { role: 'assistant', content: textContent(text) }]),
      continuesLastMessage: true,
      ...changes,
    });

  test('is gone on with as if the model had written it', async () => {
    const whole = await write({ topLogprobs: 0 });
    expect(whole.finish.reason).toBe('stop');
    expect(whole.finish.stopSequence).toBeUndefined();
    for (const tokens of [1, 3, 5]) {
      const written = whole.logprobs.slice(0, tokens).map(({ text }) => text);
      const begun = written.join('');
      const { text, finish } = await goOn(begun, {}, sum);
      expect(begun + text).toBe(whole.text);
      expect(finish.reason).toBe('stop');
      expect(finish.usage.promptTokens).toBe(whole.finish.usage.promptTokens + tokens);
    }
  });

  test('is another thing than a finished one', async () => {
    const messages = [
      question,
      { role: 'assistant', content: textContent('The capital of France is') },
    ] as const;
    const [continued, answered] = [
      await goOn(toText(messages[1].content)),
      await write({ prompt: chatPrompt(messages) }),
    ];
    expect(continued.text).toMatch(/^ Paris/);
    expect(answered.text).not.toBe(continued.text);
  });

  test('has the grammar, the stop sequences and the log-probabilities of its continuation', async () => {
    const begun = 'The capital of France is';
    expect((await goOn(begun, { grammar: 'root ::= " Rome" | " Oslo"' })).text).toMatch(/^ (Rome|Oslo)$/);
    const stopped = await goOn(begun, { stop: ['ris'], topLogprobs: 0 });
    expect(stopped).toMatchObject({ text: ' Pa', finish: { reason: 'stop', stopSequence: 'ris' } });
    expect((await goOn('Stop. ris', { stop: ['Stop. ris'] })).text).not.toBe('');
    const { text, logprobs } = await goOn(begun, { topLogprobs: 0 });
    expect(logprobs.map((one) => one.text).join('')).toBe(text);
  });

  test('is text, whatever it says', async () => {
    const { finish } = await goOn('<|im_end|>');
    const plain = await goOn('Yes');
    expect(finish.usage.promptTokens).toBeGreaterThan(plain.finish.usage.promptTokens + 2);
  });
});

describe('the end of an answer', () => {
  test('is a control token whose name is a stop sequence, which as a text would never come', async () => {
    // `<|im_start|>`, which this model never writes unasked.
    const sampling = { ...greedy, logitBias: new Map([[1, 100]]) };
    const silent = { text: '', finish: { reason: 'length', usage: { completionTokens: 5 } } };
    expect(await write({ sampling, maxTokens: 5 })).toMatchObject(silent);
    expect(await write({ sampling, maxTokens: 5, stop: ['im_start'] })).toMatchObject(silent);
    const stop = ['never', '<|im_start|>'];
    const stopped = await write({ sampling, maxTokens: 5, stop });
    expect(stopped).toMatchObject({
      text: '',
      finish: { reason: 'stop', stopSequence: '<|im_start|>', usage: { completionTokens: 1 } },
    });
    const late = await write({ sampling, maxTokens: 5, stop, ending: { ...plainEnding, minTokens: 3 } });
    expect(tokensOf(late)).toBe(4);
  });

  test('does not come before its least number of tokens, and then it may', async () => {
    const plain = await write();
    const own = tokensOf(plain);
    expect(plain.finish.reason).toBe('stop');
    for (const minTokens of [1, own - 1]) {
      expect(essence(await write({ ending: { ...plainEnding, minTokens } }))).toEqual(essence(plain));
    }
    for (const minTokens of [own, own + 5, 40]) {
      const longer = await write({ ending: { ...plainEnding, minTokens } });
      expect(tokensOf(longer)).toBeGreaterThanOrEqual(minTokens);
      expect(longer.text.startsWith(plain.text)).toBe(true);
    }
    const spent = await write({ ending: { ...plainEnding, minTokens: 40 } });
    expect(spent.finish).toMatchObject({ reason: 'length', usage: { completionTokens: 40 } });
  });

  test('does not come by a stop sequence either', async () => {
    const word = 'math';
    const at = tokensOf(await write({ stop: [word] }));
    const barred = await write({ stop: [word], ending: { ...plainEnding, minTokens: at } });
    expect(barred.text).toContain(word);
    const bound = await write({ stop: [word], ending: { ...plainEnding, minTokens: at - 1 } });
    expect(bound.text).not.toContain(word);
  });

  test('penalties count on where it may come', async () => {
    const sampling = { ...greedy, frequencyPenalty: 0.8, presencePenalty: 0.5, repetitionPenalty: 1.2 };
    const plain = await write({ sampling });
    expect(tokensOf(plain)).toBeGreaterThan(4);
    const later = await write({ sampling, ending: { ...plainEnding, minTokens: 3 } });
    expect(essence(later)).toEqual(essence(plain));
  });

  test('never comes where the end tokens are barred', async () => {
    const { text, finish } = await write({ ending: { ...plainEnding, isEndBarred: true } });
    expect(finish).toMatchObject({ reason: 'length', usage: { completionTokens: 40 } });
    expect(text.startsWith((await write()).text)).toBe(true);
  });

  test('comes with a token that ends it, which is no part of it', async () => {
    const parisToken = 7_042;
    const begun: Partial<GenerationRequest> = {
      prompt: chatPrompt([question, { role: 'assistant', content: textContent('The capital of France') }]),
      continuesLastMessage: true,
      topLogprobs: 0,
    };
    const plain = await write(begun);
    const at = plain.logprobs.findIndex(({ text }) => text === ' Paris');
    expect(at).toBeGreaterThan(0);
    const ended = await write({ ...begun, ending: { ...plainEnding, stopTokens: [5, parisToken] } });
    expect(ended.finish).toMatchObject({ reason: 'stop', usage: { completionTokens: at + 1 } });
    expect(ended.text).toBe(plain.text.slice(0, plain.text.indexOf(' Paris')));
    expect(ended.logprobs).toEqual(plain.logprobs.slice(0, at));
    const later = await write({
      ...begun,
      ending: { ...plainEnding, stopTokens: [parisToken], minTokens: at + 3 },
    });
    expect(later.text).not.toContain(' Paris');
    expect(tokensOf(later)).toBeGreaterThanOrEqual(at + 3);
  });

  test('needs tokens that the model has', async () => {
    const of = (token: number) => write({ ending: { ...plainEnding, stopTokens: [token] } });
    await expect(of(vocabularySize)).rejects.toMatchObject({ code: 'unknown_stop_token' });
    expect((await of(vocabularySize - 1)).text).toBe((await write()).text);
  });
});

describe('a model that does not think', () => {
  const limit = (effort: 'none' | 'low' | undefined, tokensMax?: number) =>
    write({ reasoning: { effort, tokensMax } });

  test('keeps to every budget and to no effort, and refuses any other', async () => {
    const plain = await write();
    expect(essence(await limit('none'))).toEqual(essence(plain));
    expect(essence(await limit(undefined, 0))).toEqual(essence(plain));
    expect(essence(await limit(undefined, 7))).toEqual(essence(plain));
    await expect(limit('low')).rejects.toMatchObject({ code: 'unsupported_reasoning' });
  });

  test('has no variable of another one', async () => {
    const of = (value: unknown) => write({ templateVariables: { enable_thinking: value } });
    await expect(of(true)).rejects.toMatchObject({ code: 'unsupported_template_variable' });
    expect((await of(false)).text).toBe((await write()).text);
  });
});
