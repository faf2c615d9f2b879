// What each sampling parameter does to the real model's text: a real process, the real vocabulary.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { startEngine } from '../../test/start-engine.ts';
import { testModelPath } from '../../test/test-model.ts';
import type { GenerationEvent } from '../backend/generation-event.ts';
import {
  type GenerationRequest,
  neutralSampling,
  type SamplingParameters,
} from '../backend/generation-request.ts';
import { textContent } from '../backend/message-content.ts';
import type { EngineClient } from './engine-client.ts';

let client: EngineClient;

beforeAll(async () => {
  client = await startEngine(testModelPath());
});
afterAll(async () => {
  await client.close(1000);
});

const greedy: SamplingParameters = { ...neutralSampling, temperature: 0, seed: 1 };
const warm: SamplingParameters = { ...neutralSampling, temperature: 1.5, seed: 1 };
/** Of the test model. */
const vocabularySize = 49_152;
const helloToken = 19_556;
const parisToken = 7_042;
const endToken = 2;
const controlToken = 1;

async function write(
  sampling: SamplingParameters,
  changes: Partial<GenerationRequest> = {},
): Promise<string> {
  const request = createRequest('What is the capital of France?', { sampling, maxTokens: 12, ...changes });
  let text = '';
  for await (const event of client.generate(request, new AbortController().signal).events) {
    text += textOf(event);
  }
  return text;
}

function textOf(event: GenerationEvent): string {
  return event.type === 'text-delta' ? event.text : '';
}

/** How often the most frequent word is there. */
function mostFrequent(text: string): number {
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

describe('logit_bias', () => {
  test.each([greedy, warm])('100 forces a token, at temperature $temperature', async (sampling) => {
    const logitBias = new Map([[helloToken, 100]]);
    expect(await write({ ...sampling, logitBias }, { maxTokens: 4 })).toBe('HelloHelloHelloHello');
  });

  test('-100 bans one, also an end token, and 0 changes nothing', async () => {
    const hello = {
      prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent('Hello') }] },
    } as const;
    const plain = await write(greedy, hello);
    expect(plain).toMatch(/^Hello/);
    expect(await write({ ...greedy, logitBias: new Map([[helloToken, -100]]) }, hello)).not.toMatch(/^Hello/);
    expect(await write({ ...greedy, logitBias: new Map([[helloToken, 0]]) }, hello)).toBe(plain);
    expect(await write({ ...greedy, logitBias: new Map([[endToken, 100]]) })).toBe('');
  });

  test('a grammar has the last word, also about control tokens', async () => {
    const logitBias = new Map([
      [controlToken, 100],
      [helloToken, 100],
    ]);
    const grammar = 'root ::= "Hello" ("<" | "yes")';
    expect(await write({ ...greedy, logitBias }, { grammar })).toMatch(/^Hello(<|yes)$/);
  });

  test('an id that the model does not have is refused, its last one is not', async () => {
    const bias = (token: number) => ({ ...greedy, logitBias: new Map([[token, 1]]) });
    await expect(write(bias(vocabularySize))).rejects.toMatchObject({ code: 'unknown_token' });
    await expect(write(bias(Number.MAX_SAFE_INTEGER))).rejects.toMatchObject({ code: 'unknown_token' });
    expect(await write(bias(vocabularySize - 1))).toBe(await write(greedy));
  });
});

describe('penalties', () => {
  const looping = {
    prompt: {
      kind: 'chat',
      messages: [
        { role: 'user', content: textContent('Repeat the word "banana" forty times: banana banana banana') },
      ],
    },
    maxTokens: 60,
  } as const;

  test.each<Partial<SamplingParameters>>([
    { frequencyPenalty: 2 },
    { presencePenalty: 2, frequencyPenalty: 1 },
    { repetitionPenalty: 1.8 },
  ])('%j makes a looping text loop less', async (penalties) => {
    const plain = await write(greedy, looping);
    const penalised = await write({ ...greedy, ...penalties }, looping);
    expect(mostFrequent(plain)).toBeGreaterThan(8);
    expect(mostFrequent(penalised)).toBeLessThan(mostFrequent(plain) / 2);
  });

  test('a frequency penalty grows with every time, a presence penalty does not', async () => {
    // Both words are far ahead of all others; the second comes when the first has lost more than their distance.
    const logitBias = new Map([
      [helloToken, 90],
      [parisToken, 70],
    ]);
    const order = async (penalties: Partial<SamplingParameters>) =>
      await write({ ...greedy, logitBias, ...penalties }, { maxTokens: 20 });
    const plain = await order({});
    expect(plain).toBe('Hello'.repeat(20));
    expect(await order({ presencePenalty: 0.5 })).toBe(plain);
    expect(await order({ frequencyPenalty: 2 })).toContain('Paris');
  });

  test('a slot forgets the completion before, and penalties begin anew', async () => {
    const penalised = { ...greedy, frequencyPenalty: 1.5 };
    const first = await write(penalised);
    expect(await write(penalised)).toBe(first);
    const plain = await write(greedy);
    await write(penalised);
    expect(await write(greedy)).toBe(plain);
  });
});

describe('what is left to draw from', () => {
  test.each<Partial<SamplingParameters>>([{ topK: 1 }, { minP: 1 }, { topP: 0 }])(
    '%j leaves the most likely token, at any temperature and seed',
    async (narrow) => {
      const plain = await write(greedy);
      for (const seed of [1, 2, 3]) {
        expect(await write({ ...warm, temperature: 2, seed, ...narrow })).toBe(plain);
      }
    },
  );

  test('without any of them the same seeds draw other texts', async () => {
    const texts = await Promise.all([1, 2, 3].map((seed) => write({ ...warm, temperature: 2, seed })));
    expect(new Set([...texts, await write(greedy)]).size).toBe(4);
  });

  test('all parameters together are as repeatable as none', async () => {
    const all: SamplingParameters = {
      ...warm,
      topP: 0.9,
      topK: 50,
      minP: 0.01,
      frequencyPenalty: 0.5,
      presencePenalty: 0.5,
      repetitionPenalty: 1.1,
      logitBias: new Map([[parisToken, 1]]),
      seed: 7,
    };
    const first = await write(all);
    expect(await write(all)).toBe(first);
    expect(await write({ ...all, seed: 8 })).not.toBe(first);
  });
});
