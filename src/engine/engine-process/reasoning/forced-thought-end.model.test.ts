// The end of a thought, forced in the real scheduler: the test model knows no thoughts, so it is told of tags, and its
// last message has begun one.

import { beforeAll, expect, test } from 'vitest';
import { chatPrompt } from '../../../../test/chat-prompt.ts';
import { createRequest } from '../../../../test/create-request.ts';
import { testModelPath } from '../../../../test/test-model.ts';
import type { GenerationEvent } from '../../../backend/generation-event.ts';
import { type GenerationRequest, plainEnding } from '../../../backend/generation-request.ts';
import { textContent } from '../../../backend/message-content.ts';
import { createMarkerTokens } from '../answer/marker-tokens.ts';
import { openBinding } from '../model/binding.ts';
import { type EngineModel, loadEngineModel } from '../model/engine-model.ts';
import { createScheduler } from '../step/scheduler.ts';
import { toThoughtEnds } from './thought-limit.ts';

const tags = { start: '<think>', end: '</think>' };

let model: EngineModel;
beforeAll(async () => {
  const binding = await openBinding();
  const own = await loadEngineModel(binding, await binding.loadModel(testModelPath()), {
    modelPath: testModelPath(),
    slots: 2,
    contextLength: 512,
    threads: undefined,
    flashAttention: true,
    batchTokensMax: 256,
    stepMsTarget: 120,
    draftTokensMax: 15,
  });
  model = {
    ...own,
    reasoningTags: tags,
    thoughtEnds: toThoughtEnds(tags, own.tokenizer),
    thoughtMarkers: createMarkerTokens(own.vocabulary, [tags.start, tags.end]),
  };
});

let serial = 0;
function generate(changes: Partial<GenerationRequest>): Promise<GenerationEvent[]> {
  const id = `forced-${serial++}`;
  const events: GenerationEvent[] = [];
  return new Promise((resolve, reject) => {
    const scheduler = createScheduler({
      model,
      fail: reject,
      rest: () => {},
      report: (items) => {
        for (const item of items) {
          if (item.type === 'event') events.push(item.event);
          if (item.type === 'failed') reject(new Error(String(item.failure.message)));
          if (item.type === 'released') resolve(events);
        }
      },
    });
    scheduler.submit(
      createRequest('', {
        id,
        maxTokens: 60,
        topLogprobs: 0,
        prompt: chatPrompt([
          { role: 'user', content: textContent('What is 2+2?') },
          {
            role: 'assistant',
            content: textContent('<think>\nLet me count slowly: one, two, three, four, five,'),
          },
        ]),
        continuesLastMessage: true,
        ...changes,
      }),
      0,
    );
  });
}

function fold(events: readonly GenerationEvent[]) {
  const join = (type: 'text-delta' | 'reasoning-delta') =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  const finish = events.at(-1);
  if (finish?.type !== 'finish') throw new Error('The answer has no end.');
  const logprobs = events.flatMap((event) => (event.type === 'text-delta' ? (event.logprobs ?? []) : []));
  return { thought: join('reasoning-delta'), content: join('text-delta'), finish, logprobs };
}

test('a thought that has had its tokens ends, and the answer follows', async () => {
  const free = fold(await generate({ ending: { ...plainEnding, isEndBarred: true } }));
  expect(free.finish.usage.reasoningTokens).toBe(60);
  expect(free.content).toBe('');
  const tag = model.thoughtEnds?.answer.length ?? 0;
  expect(tag).toBeGreaterThan(1);
  for (const tokensMax of [0, 1, 9]) {
    const reasoning = { effort: undefined, tokensMax };
    const { thought, finish } = fold(await generate({ reasoning }));
    expect(finish.usage.reasoningTokens).toBe(tokensMax + tag);
    expect(free.thought.startsWith(thought)).toBe(true);
    expect(finish.usage.completionTokens).toBeGreaterThan(tokensMax + tag);
  }
});

test('a grammar holds from there, and log-probabilities are told of the answer alone', async () => {
  const reasoning = { effort: 'low', tokensMax: undefined } as const;
  const grammar = 'root ::= "four" | "five"';
  const { content, finish, logprobs } = fold(await generate({ reasoning, grammar, maxTokens: 40 }));
  expect(content).toMatch(/^(four|five)$/);
  expect(finish.reason).toBe('stop');
  expect(finish.usage.reasoningTokens).toBe(10 + (model.thoughtEnds?.answer.length ?? 0));
  expect(logprobs.map(({ text }) => text).join('')).toBe(content);
});
