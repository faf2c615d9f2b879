// Drafts in the real scheduler with the real model: what they make faster must be the same answer. Batches are told to
// cost nothing, so that all that can be drafted is.
import { beforeAll, describe, expect, test } from 'vitest';
import { createRequest } from '../../../../test/create-request.ts';
import { testModelPath } from '../../../../test/test-model.ts';
import type { GenerationEvent, TokenLogprob } from '../../../backend/generation-event.ts';
import { type GenerationRequest, neutralSampling, plainEnding } from '../../../backend/generation-request.ts';
import { openBinding } from '../model/binding.ts';
import { type EngineModel, loadEngineModel } from '../model/engine-model.ts';
import { createScheduler } from '../step/scheduler.ts';

const contextLength = 256;
let plain: EngineModel;
let drafting: EngineModel;

beforeAll(async () => {
  const binding = await openBinding();
  const model = await loadEngineModel(binding, await binding.loadModel(testModelPath()), {
    modelPath: testModelPath(),
    slots: 4,
    contextLength,
    threads: 1,
    flashAttention: false,
    batchTokensMax: 256,
    stepMsTarget: 2000,
    draftTokensMax: 15,
  });
  plain = { ...model, drafting: undefined };
  drafting = { ...model, drafting: { tokensMax: 15, costs: { growth: () => 1, record: () => {} } } };
});

interface Answer {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly finish: Extract<GenerationEvent, { type: 'finish' }>;
}

/** Writes with a scheduler of its own: all requests of a call at the same time. */
function createWriter(model: EngineModel): (requests: readonly GenerationRequest[]) => Promise<Answer[]> {
  const events = new Map<string, GenerationEvent[]>();
  let open = 0;
  let end: (error?: Error) => void = () => {};
  const scheduler = createScheduler({
    model,
    fail: (error) => end(new Error(String(error))),
    rest: () => {},
    report: (items) => {
      for (const item of items) {
        if (item.type === 'event') events.get(item.id)?.push(item.event);
        if (item.type === 'failed') end(new Error(String(item.failure.message)));
        if (item.type === 'released' && --open === 0) end();
      }
    },
  });
  return async (requests) => {
    await new Promise<void>((resolve, reject) => {
      end = (error) => (error === undefined ? resolve() : reject(error));
      open = requests.length;
      for (const request of requests) {
        events.set(request.id, []);
        scheduler.submit(request, 0);
      }
    });
    // The scheduler rests first: its requests come between its steps.
    await new Promise((resolve) => setImmediate(resolve));
    return requests.map(({ id }) => fold(events.get(id) ?? []));
  };
}

function generate(model: EngineModel, requests: readonly GenerationRequest[]): Promise<Answer[]> {
  return createWriter(model)(requests);
}

function fold(events: readonly GenerationEvent[]): Answer {
  const finish = events.at(-1);
  if (finish?.type !== 'finish') throw new Error('The answer has no end.');
  const deltas = events.flatMap((event) => (event.type === 'text-delta' ? [event] : []));
  return {
    text: deltas.map(({ text }) => text).join(''),
    logprobs: deltas.flatMap(({ logprobs }) => logprobs ?? []),
    finish,
  };
}

const sentences =
  'The lighthouse was built in 1871. Its first keeper lived there for years with two goats and a piano. Every evening she climbed the steps with a can of oil.';
const quote = `Repeat the following text word for word.\n\n${sentences}`;

function ask(changes: Partial<GenerationRequest> = {}): GenerationRequest {
  return createRequest(quote, { maxTokens: 48, ...changes });
}

async function write(model: EngineModel, changes: Partial<GenerationRequest> = {}): Promise<Answer> {
  const [answer] = await generate(model, [ask(changes)]);
  if (answer === undefined) throw new Error('There is no answer.');
  return answer;
}

const accepted = ({ finish }: Answer) => finish.usage.drafts?.acceptedTokens ?? 0;
const rejected = ({ finish }: Answer) => finish.usage.drafts?.rejectedTokens ?? 0;

describe('the same answer as without drafts', () => {
  const greedy = { ...neutralSampling, temperature: 0, seed: 1 };
  const colours = 'root ::= "[" color ("," color){11} "]"\ncolor ::= "\\"red\\"" | "\\"blue\\""';
  const cases: [string, Partial<GenerationRequest>][] = [
    ['free text', {}],
    ['a stop sequence within a draft', { stop: ['goats'] }],
    ['a stop sequence over two tokens', { stop: ['two go'] }],
    [
      'penalties',
      { sampling: { ...greedy, frequencyPenalty: 0.4, presencePenalty: 0.2, repetitionPenalty: 1.1 } },
    ],
    ['a bias', { sampling: { ...greedy, logitBias: new Map([[260, -100]]) } }],
    ['min_tokens, where the end is near', { ending: { ...plainEnding, minTokens: 45 }, maxTokens: 60 }],
    [
      'min_tokens and penalties',
      {
        ending: { ...plainEnding, minTokens: 20 },
        sampling: { ...greedy, frequencyPenalty: 0.3 },
        maxTokens: 60,
      },
    ],
    ['a grammar', { grammar: colours, prediction: '["red","red","red","blue"]' }],
  ];

  test.each(cases)('%s', async (_, changes) => {
    const without = await write(plain, changes);
    const withDrafts = await write(drafting, changes);
    expect(withDrafts.text).toBe(without.text);
    expect(withDrafts.finish.reason).toBe(without.finish.reason);
    expect(withDrafts.finish.usage.completionTokens).toBe(without.finish.usage.completionTokens);
    expect(accepted(withDrafts) + rejected(withDrafts)).toBeGreaterThan(0);
    expect(without.finish.usage.drafts).toBeUndefined();
  });

  test('log-probabilities are those of the tokens at their places', async () => {
    const without = await write(plain, { topLogprobs: 3 });
    const withDrafts = await write(drafting, { topLogprobs: 3 });
    expect(accepted(withDrafts)).toBeGreaterThan(20);
    expect(withDrafts.logprobs.map(({ text }) => text)).toEqual(without.logprobs.map(({ text }) => text));
    for (const [index, { logprob, top }] of withDrafts.logprobs.entries()) {
      // Batches of different sizes round differently.
      expect(Math.abs(logprob - (without.logprobs[index]?.logprob ?? 9))).toBeLessThan(0.2);
      expect(top).toHaveLength(3);
    }
  });

  test('streams that draft side by side', async () => {
    const requests = () => [ask(), ask({ maxTokens: 30 }), ask({ stop: ['piano'] })];
    const without = await generate(plain, requests());
    const withDrafts = await generate(drafting, requests());
    expect(withDrafts.map(({ text }) => text)).toEqual(without.map(({ text }) => text));
    expect(withDrafts.map(accepted).reduce((a, b) => a + b)).toBeGreaterThan(20);
  });
});

describe('limits', () => {
  test.each([1, 2, 3, 17, 18, 19, 20, 21])('%s tokens at most', async (maxTokens) => {
    const { finish, text } = await write(drafting, { maxTokens, prediction: sentences });
    expect(finish).toMatchObject({ reason: 'length', usage: { completionTokens: maxTokens } });
    expect(text.length).toBeGreaterThan(0);
  });

  test('an answer ends with its context', async () => {
    const request = () => ask({ maxTokens: undefined, ending: { ...plainEnding, isEndBarred: true } });
    const [answer] = await generate(drafting, [request()]);
    const usage = answer?.finish.usage;
    expect(answer?.finish.reason).toBe('length');
    expect((usage?.promptTokens ?? 0) + (usage?.completionTokens ?? 0)).toBe(contextLength);
    expect(usage?.drafts?.acceptedTokens).toBeGreaterThan(20);
  });

  test('what a draft left behind is no part of the next turn', async () => {
    const wrong = `The lighthouse was built in ${'9 '.repeat(40)}`;
    const requests = (model: EngineModel) => generate(model, [ask({ prediction: wrong, maxTokens: 12 })]);
    const [first] = await requests(drafting);
    const [second] = await requests(plain);
    expect(rejected(first ?? (await write(drafting)))).toBeGreaterThan(0);
    expect(first?.text).toBe(second?.text);
  });
});

describe('a prediction', () => {
  test('makes drafts from the first token on', async () => {
    const told = await write(plain);
    const answer = await write(drafting, { prediction: told.text });
    expect(answer.text).toBe(told.text);
    expect(accepted(answer)).toBeGreaterThan(25);
  });

  test('that is wrong costs rejected tokens, and no others', async () => {
    const answer = await write(drafting, { prediction: 'Bananas are yellow, and so is the sun at noon.' });
    expect(answer.text).toBe((await write(plain)).text);
    expect(rejected(answer)).toBeGreaterThan(0);
    expect(answer.finish.usage.completionTokens).toBeLessThanOrEqual(48);
  });
});

describe('a seed', () => {
  const sampling = { ...neutralSampling, temperature: 0.7, topP: 0.9, seed: 5 };

  test('at a temperature asks for the same answer again: nothing is drafted that nobody asked for', async () => {
    const answer = await write(drafting, { sampling });
    expect(answer.finish.usage.drafts).toBeUndefined();
    expect(answer.text).toBe((await write(plain, { sampling })).text);
  });

  test('goes with a prediction', async () => {
    expect(accepted(await write(drafting, { sampling, prediction: sentences }))).toBeGreaterThan(0);
  });

  test('changes nothing at temperature 0', async () => {
    const greedy = { ...sampling, temperature: 0 };
    expect(accepted(await write(drafting, { sampling: greedy }))).toBeGreaterThan(0);
  });

  test('none: drafts are made at any temperature', async () => {
    const answer = await write(drafting, { sampling: { ...sampling, temperature: 0.2, seed: undefined } });
    expect(accepted(answer) + rejected(answer)).toBeGreaterThan(0);
  });
});

test('at temperature 1.5 the tokens behind drafts are as frequent as the model makes them', async () => {
  const samples = 100;
  const draw = async (model: EngineModel, firstSeed: number) => {
    const counts = new Map<string, number>();
    const writer = createWriter(model);
    let drafted = 0;
    for (let seed = firstSeed; seed < firstSeed + samples; seed += 1) {
      const request = ask({
        maxTokens: 5,
        prediction: sentences,
        sampling: { ...neutralSampling, temperature: 1.5, topK: 4, seed },
      });
      for (const answer of await writer([request])) {
        drafted += accepted(answer) + rejected(answer);
        counts.set(answer.text, (counts.get(answer.text) ?? 0) + 1);
      }
    }
    return { counts, drafted };
  };
  const without = await draw(plain, 1);
  const withDrafts = await draw(drafting, 100_001);
  expect(without.drafted).toBe(0);
  expect(withDrafts.drafted).toBeGreaterThan(samples);
  const { statistic, degrees } = compareCounts(without.counts, withDrafts.counts);
  expect(degrees).toBeGreaterThan(1);
  // Six standard deviations above what equal distributions make.
  expect(statistic).toBeLessThan(degrees + 6 * Math.sqrt(2 * degrees));
}, 240_000);

/** Chi-square of two samples of the same size; what is rare in both counts as one. */
function compareCounts(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>) {
  const pairs = [...new Set([...one.keys(), ...other.keys()])].map((key) => [
    one.get(key) ?? 0,
    other.get(key) ?? 0,
  ]);
  const isRare = ([a = 0, b = 0]: number[]) => a + b < 10;
  const rare = pairs.filter(isRare).reduce(([a = 0, b = 0], [c = 0, d = 0]) => [a + c, b + d], [0, 0]);
  const cells = [...pairs.filter((pair) => !isRare(pair)), rare].filter(([a = 0, b = 0]) => a + b > 0);
  const statistic = cells.reduce((sum, [a = 0, b = 0]) => sum + (a - b) ** 2 / (a + b), 0);
  return { statistic, degrees: cells.length - 1 };
}
