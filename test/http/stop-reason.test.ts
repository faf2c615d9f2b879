// The choices that a stop sequence ended name it, and no other choice has the field.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FinishReason, GenerationEvent } from '../../src/backend/generation-event.ts';
import { finish, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { postChat, toEventTexts } from './requests.ts';

let app: TestApp;

function end(reason: FinishReason, stopSequence?: string): GenerationEvent {
  return { ...finish(2, reason), ...(stopSequence === undefined ? {} : { stopSequence }) } as GenerationEvent;
}

beforeAll(async () => {
  app = await startTestApp({
    models: {
      stopped: () => [started, textDelta('Once'), end('stop', '\n"🌊"')],
      ended: () => [started, textDelta('Once'), end('stop')],
      cut: () => [started, textDelta('Once'), end('length')],
    },
  });
});

afterAll(async () => await app.close());

const requests = {
  '/v1/chat/completions': { messages: [{ role: 'user', content: 'Hello' }] },
  '/v1/completions': { prompt: 'Hello' },
};

type WireChoice = Readonly<Record<string, unknown>>;

async function readChoices(path: keyof typeof requests, more: object): Promise<readonly WireChoice[]> {
  const body = { ...requests[path], stop: ['\n"🌊"', 'x'], ...more };
  const answer = await postChat(app, JSON.stringify(body), { path });
  expect(answer.status).toBe(200);
  const text = await answer.text();
  const parts = 'stream' in more ? toEventTexts(text).filter((one) => one !== '[DONE]') : [text];
  return parts.flatMap((part) => (JSON.parse(part) as { choices: readonly WireChoice[] }).choices);
}

describe.each(['/v1/chat/completions', '/v1/completions'] as const)('in %s', (path) => {
  test.each([[{}], [{ n: 2 }]])('a plain answer names it: %j', async (more) => {
    const choices = await readChoices(path, { model: 'stopped', ...more });
    for (const choice of choices) {
      expect(choice).toMatchObject({ finish_reason: 'stop', stop_reason: '\n"🌊"' });
    }
    expect(choices).toHaveLength('n' in more ? 2 : 1);
  });

  test('a stream names it in the chunk with the reason', async () => {
    const choices = await readChoices(path, { model: 'stopped', stream: true });
    const named = choices.filter((choice) => 'stop_reason' in choice);
    expect(named).toEqual([choices.at(-1)]);
    expect(named).toMatchObject([{ finish_reason: 'stop', stop_reason: '\n"🌊"' }]);
  });

  test.each(['ended', 'cut'])('other answers have no such field: %s', async (model) => {
    const plain = await readChoices(path, { model });
    const streamed = await readChoices(path, { model, stream: true });
    expect([...plain, ...streamed].filter((choice) => 'stop_reason' in choice)).toEqual([]);
  });
});
