// n choices of the real engine behind the real service: what is evaluated, and what a full queue does.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GenerationRequest, neutralSampling } from '../../src/backend/generation-request.ts';
import { textContent } from '../../src/backend/message-content.ts';
import { EngineClient } from '../../src/engine/engine-client.ts';
import { createEngineProcessStarter } from '../../src/engine/engine-process-handle.ts';
import { type ChatService, createChatService } from '../../src/service/chat/chat.ts';
import { createRequest } from '../create-request.ts';
import { createRouterOf } from '../create-routed-model.ts';
import { createScriptedOutputCompiler } from '../scripted-output-compiler.ts';
import { testModelPath } from '../test-model.ts';
import { openTestUseCase } from '../use-case.ts';

let engine: EngineClient;
let chat: ChatService;

beforeAll(async () => {
  engine = new EngineClient({
    options: {
      modelPath: testModelPath(),
      slots: 2,
      contextLength: 1024,
      threads: undefined,
      flashAttention: true,
      batchTokensMax: 256,
      stepMsTarget: 120,
      draftTokensMax: 15,
    },
    // No more than one may wait: fewer than one request's choices.
    limits: {
      queueLengthMax: 1,
      queueWaitMsMax: 60_000,
      restartDelayMsMin: 50,
      restartDelayMsMax: 1000,
      loadMsMax: 60_000,
    },
    version: '0.0.0-test',
    startProcess: createEngineProcessStarter(process.env),
    log: () => undefined,
  });
  await engine.start();
  chat = createChatService({
    router: createRouterOf('m', engine),
    compiler: createScriptedOutputCompiler(),
    showSchema: true,
    structuredAttemptsMax: 1,
  });
});
afterAll(async () => {
  await engine.close(1000);
});

interface Outcome {
  text: string;
  promptTokens: number;
  cachedTokens: number;
  isFinished: boolean;
}

const prompt = `${'The quick brown fox jumps over the lazy dog. '.repeat(15)}Invent a name for the fox.`;

async function ask(
  choiceCount: number,
  changes: Partial<GenerationRequest> = {},
  signal = new AbortController().signal,
): Promise<Outcome[]> {
  const request = createRequest(prompt, {
    sampling: { ...neutralSampling, temperature: 1.5, seed: 7 },
    maxTokens: 12,
    ...changes,
  });
  const useCase = openTestUseCase({ signal, isStreamed: true, requestMsMax: 100_000 });
  const run = await chat.start(useCase, request, { choiceCount });
  const outcomes: Outcome[] = [];
  for await (const { choice, event } of run.events) {
    if (event.type === 'started') {
      const { promptTokens = Number.NaN, cachedTokens = Number.NaN } = event;
      outcomes[choice] = { text: '', promptTokens, cachedTokens, isFinished: false };
    } else if (event.type === 'text-delta') {
      outcomes[choice]!.text += event.text;
    } else {
      outcomes[choice]!.isFinished = true;
    }
  }
  return outcomes;
}

describe('several choices', () => {
  test('more than slots and queue hold are made, from a prompt that is evaluated once', async () => {
    const outcomes = await ask(7);
    expect(outcomes).toHaveLength(7);
    expect(outcomes[0]?.cachedTokens).toBeLessThan(30);
    for (const { promptTokens, cachedTokens, isFinished } of outcomes.slice(1)) {
      expect(cachedTokens).toBe(promptTokens - 1);
      expect(isFinished).toBe(true);
    }
    expect(new Set(outcomes.map(({ text }) => text)).size).toBeGreaterThan(5);
  });

  test('a seed makes the same choices again, and the first is the one that comes alone', async () => {
    const textsOf = async (count: number) => (await ask(count)).map(({ text }) => text);
    const [alone] = await textsOf(1);
    const three = await textsOf(3);
    expect(three[0]).toBe(alone);
    expect(await textsOf(3)).toEqual(three);
  });

  test('a client that leaves frees all slots', async () => {
    const controller = new AbortController();
    const left = ask(6, { maxTokens: 400 }, controller.signal);
    setTimeout(() => controller.abort(new Error('left')), 700);
    await expect(left).rejects.toThrow('left');
    const [next] = await ask(1, {
      prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent('Hi') }] },
    });
    expect(next?.isFinished).toBe(true);
  });
});
