// The native members that we use below the binding's public API. node-llama-cpp is pinned; when an update
// changes one of them, this test says so before anything else fails in a stranger way.
import { expect, test } from 'vitest';
import { describeEmbeddings, embeddingModelPath } from '../../../../test/shared-files.ts';
import { testModelPath } from '../../../../test/test-model.ts';
import { openBinding } from './binding.ts';

test('the internal members of the binding are there and do what we rely on', async () => {
  const binding = await openBinding();
  expect(binding.release).toMatch(/\w/);
  expect(
    binding.compileTemplate('{{ greeting }}, {{ name }}').render({ greeting: 'Hello', name: 'you' }),
  ).toBe('Hello, you');

  const model = await binding.loadModel(testModelPath());
  expect(model.trainContextLength).toBe(8192);
  expect(model.vocabularySize).toBe(49_152);
  expect(model.chatTemplate).toContain('<|im_start|>');
  expect([...model.native.tokenize('Hello', false)]).toEqual([19_556]);
  expect(model.native.getTokenString(2)).toBe('<|im_end|>');
  expect(model.native.isEogToken(2)).toBe(true);
  expect(model.native.getTokenAttributes(2) & 8).toBe(8);
  expect(model.native.getVocabularyType()).toBe(2);

  const options = { sequences: 2, contextLength: 512, batchTokensMax: 128, flashAttention: true, threads: 2 };
  expect(await model.estimateContextBytes(options)).toBeGreaterThan(10_000_000);
  const context = await model.createContext(options);
  const greedy = model.createSampler();
  greedy.configure({ temperature: 0, seed: 1 });
  const prompt = model.native.tokenize('The capital of France is', false);

  const next = async (sequence: number, position: number, tokens: Uint32Array) => {
    context.initBatch(tokens.length);
    const [logitIndex] = context.addToBatch(sequence, position, tokens, Uint32Array.of(tokens.length - 1));
    await context.decodeBatch();
    return context.sampleToken(logitIndex ?? -1, greedy.native);
  };
  const first = await next(0, 0, prompt);
  expect(model.native.getTokenString(first)).toBe('ĠParis');
  // Cut back by one and evaluate it again: the same token must come.
  expect(context.removeTokenCellsFromSequence(0, prompt.length - 1, -1)).toBe(true);
  expect(await next(0, prompt.length - 1, prompt.subarray(-1))).toBe(first);
  // A copied sequence goes on as its source does.
  await context.copySequenceStateFromOtherSequence(1, 0);
  expect(await next(1, prompt.length, Uint32Array.of(first))).toBe(
    await next(0, prompt.length, Uint32Array.of(first)),
  );
  context.disposeSequence(0);
  greedy.native.dispose();
});

describeEmbeddings('a model for embeddings', () => {
  test('is known as one, and yields its vector', async () => {
    const binding = await openBinding();
    const model = await binding.loadModel(embeddingModelPath);
    expect(model.isForEmbeddings).toBe(true);
    expect(model.native.shouldAppendEosToken()).toBe(true);
    expect(model.native.sepToken()).toBe(102);
    expect([model.native.prefixToken(), model.native.suffixToken(), model.native.middleToken()]).toEqual([
      -1, -1, -1,
    ]);
    const tokens = Uint32Array.of(101, 2008, 2003, 1037, 3407, 2711, 102);
    expect(model.native.detokenize(tokens, true)).toContain('that is a happy person');
    const context = await model.createContext({
      sequences: 1,
      contextLength: 64,
      batchTokensMax: 64,
      threads: 1,
      flashAttention: false,
      isForEmbeddings: true,
    });
    context.initBatch(tokens.length);
    context.addToBatch(0, 0, tokens, Uint32Array.from(tokens.keys()));
    await context.decodeBatch();
    const vector = context.getEmbedding(tokens.length);
    expect(vector).toHaveLength(384);
    expect(Math.hypot(...vector)).toBeGreaterThan(0.5);
  });
});

test("a grammar lets a control token's name through as text, unless the token is refused", async () => {
  const binding = await openBinding();
  const model = await binding.loadModel(testModelPath());
  const options = { sequences: 1, contextLength: 256, batchTokensMax: 128, flashAttention: true, threads: 2 };
  const context = await model.createContext(options);
  const sampler = model.createSampler();
  const begin = 1;
  const prompt = model.native.tokenize('<|im_start|>user\nHi<|im_end|>\n', true);
  context.initBatch(prompt.length);
  const [logitIndex] = context.addToBatch(0, 0, prompt, Uint32Array.of(prompt.length - 1));
  await context.decodeBatch();
  const draw = (refusedTokens: Uint32Array) => {
    const state = model.openGrammar('root ::= [<|a-z_>]+');
    expect(model.isAllowed(state, begin)).toBe(true);
    expect(model.isAllowed(state, model.native.tokenEos())).toBe(false);
    sampler.configure({ temperature: 0, seed: 1, grammar: { state, refusedTokens } });
    return context.sampleToken(logitIndex ?? -1, sampler.native);
  };
  expect(await draw(new Uint32Array())).toBe(begin);
  expect(await draw(Uint32Array.of(begin))).not.toBe(begin);
  sampler.releaseGrammar();
  expect(await context.sampleToken(logitIndex ?? -1, sampler.native)).toBe(begin);
});

test.runIf(process.platform === 'linux')(
  'a GPU whose binary does not run here is refused by name',
  async () => {
    // Metal is on no Linux; the binding alone would quietly take another kind.
    await expect(openBinding('metal')).rejects.toThrow('No metal binary runs here. `gravix gpu` reports');
  },
);
