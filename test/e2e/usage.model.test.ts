// What the usage record of an answer that was cut off says, and what the real engine made of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import type { TokenUsage } from '../../src/backend/generation-event.ts';
import type { EngineClient } from '../../src/engine/engine-client.ts';
import { createChatService } from '../../src/service/chat/chat.ts';
import type { UsageRecord } from '../../src/service/usage/usage-record.ts';
import { createRequest } from '../create-request.ts';
import { createRouterOf } from '../create-routed-model.ts';
import { eventually, postChat } from '../http/requests.ts';
import { createScriptedOutputCompiler } from '../scripted-output-compiler.ts';
import { startEngine } from '../start-engine.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { testModelPath } from '../test-model.ts';
import { openTestUseCase } from '../use-case.ts';

let engine: EngineClient;
let app: TestApp;
/** Of each generation in order: what the engine's process counted. */
let costs: Promise<TokenUsage>[] = [];

beforeAll(async () => {
  engine = await startEngine(testModelPath());
  const generate = engine.generate.bind(engine);
  engine.generate = (request, signal) => {
    const generation = generate(request, signal);
    costs.push(generation.settled);
    return generation;
  };
  app = await startTestApp({ models: {}, backends: { m: engine } });
});
afterAll(async () => {
  await app.close();
  await engine.close(1000);
});

async function sumCosts(): Promise<number> {
  const settled = await Promise.all(costs);
  costs = [];
  return settled.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
}

/** Completion tokens that the last chunk told of. */
function readToldTokens(text: string): number {
  return Number(
    text
      .match(/"completion_tokens":(\d+)/g)
      ?.at(-1)
      ?.split(':')[1] ?? 0,
  );
}

test.each([1, 2])('a client that leaves a stream of %s answers is counted to the token', async (n) => {
  const controller = new AbortController();
  const body = {
    model: 'm',
    n,
    stream: true,
    max_tokens: 900,
    ignore_eos: true,
    messages: [{ role: 'user', content: 'Write a very long story about the sea.' }],
    stream_options: { include_usage: true, continuous_usage_stats: true },
  };
  const before = app.usages().length;
  const answer = await postChat(app, JSON.stringify(body), { signal: controller.signal });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let told = 0;
  while (told < 12) told = Math.max(told, readToldTokens((await reader.read()).value ?? ''));
  controller.abort();
  await eventually(() => app.usages().length > before);
  const [usage] = app.usages().slice(before) as [UsageRecord];
  expect(usage).toMatchObject({ outcome: 'cancelled', isEstimated: false, finishReason: undefined });
  expect(usage.attempts).toHaveLength(n);
  expect(usage.total.completionTokens).toBe(await sumCosts());
  expect(usage.total.completionTokens).toBeGreaterThanOrEqual(told);
  // Some steps may have been under way; the answer was not made to its end.
  expect(usage.total.completionTokens).toBeLessThan(told + 200);
  await eventually(() => app.logLines().some(({ route }) => route === '/v1/inference/chat/completions'));
  const line = app.logLines().findLast(({ msg }) => msg === 'request');
  expect(line).toMatchObject({ completionTokens: usage.total.completionTokens, isComplete: false });
});

test('tokens that no delta told of are counted, whoever ends the answer', async () => {
  const chat = createChatService({
    router: createRouterOf('m', engine),
    compiler: createScriptedOutputCompiler(),
    showSchema: true,
    structuredAttemptsMax: 1,
    maxTokensDefault: 0,
    repetitionStop: false,
  });
  // The text is held back for as long as it may be the beginning of the stop sequence.
  const request = createRequest('Repeat after me: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', {
    maxTokens: 900,
    grammar: 'root ::= "a"{900}',
    stop: ['a'.repeat(800)],
  });
  const useCase = openTestUseCase({ isStreamed: true, requestMsMax: 1500 });
  const run = await chat.start(useCase, request, { choiceCount: 1 });
  const reading = (async () => {
    for await (const { event } of run.events) expect(event.type).toBe('started');
  })();
  await expect(reading).rejects.toBeInstanceOf(BackendError);
  const usage = await useCase.usage;
  expect(usage).toMatchObject({ outcome: 'timed-out', errorCode: 'timeout', timeToFirstTokenMs: undefined });
  expect(usage.returned.completionTokens).toBeGreaterThan(3);
  expect(usage.returned.completionTokens).toBe(await sumCosts());
});
