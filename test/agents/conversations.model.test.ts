// Conversations of agents with the real model and its template: each API asks with the same prompt, and a turn evaluates only
// what is new.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineClient } from '../../src/engine/engine-client.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { startCompilingApp } from '../http/start-compiling-app.ts';
import { startEngine } from '../start-engine.ts';
import type { TestApp } from '../start-test-app.ts';
import { testModelPath } from '../test-model.ts';
import { type Conversation, conversation, toBodies } from './arbitrary-conversation.ts';
import { listAgents } from './list-agents.ts';
import { readRecording } from './recording.ts';

/** Tools of a recording that are sent: all of them take the small model minutes. */
const toolsMax = 1;

/** Tokens at the seam of two turns that a template may write otherwise. */
const seamTokensMax = 8;

let engine: EngineClient;
let app: TestApp;
/** The prompts that were counted. */
let prompts: (readonly number[])[] = [];

beforeAll(async () => {
  engine = await startEngine(testModelPath(), { slots: 1, contextLength: 4096 });
  const count = engine.countTokens.bind(engine);
  engine.countTokens = async (request, signal) => {
    prompts.push((await engine.tokenizer.tokenize({ kind: 'request', request }, signal)).tokens);
    return count(request, signal);
  };
  const facts = { capabilities: { ...chatCapabilities, reasoning: false } };
  app = await startCompilingApp({ models: {}, backends: { writer: engine }, facts: { writer: facts } });
});

afterAll(async () => {
  await app.close();
  await engine.close(1000);
});

async function send(path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(app.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as Record<string, unknown>;
}

test('a conversation is the same prompt in chat, responses and messages', async () => {
  await fc.assert(
    fc.asyncProperty(conversation, async (asked: Conversation) => {
      prompts = [];
      const { chat, responses, messages } = toBodies(asked, 'writer');
      const counts = [
        await send('/v1/chat/completions/input_tokens', chat),
        await send('/v1/responses/input_tokens', responses),
        await send('/v1/messages/count_tokens', messages),
      ].map((body) => body['input_tokens']);
      const [first, ...others] = prompts;
      expect(counts).toEqual(Array(3).fill(first?.length));
      for (const other of others) expect(other).toEqual(first);
    }),
    { numRuns: 60 },
  );
});

interface Usage {
  readonly prompt: number;
  readonly cached: number;
}

const limitFields = { chat: 'max_tokens', messages: 'max_tokens', responses: 'max_output_tokens' } as const;

describe.each(listAgents().filter(({ name }) => name !== 'aider'))('$name', ({ name, api }) => {
  test('each turn evaluates only what is new', async () => {
    const { toolSets, requests } = readRecording({ name });
    const turns = requests.filter(({ toolSet }) => toolSet !== undefined);
    const tools = (toolSets[0] as readonly unknown[]).slice(0, toolsMax);
    let before: Usage | undefined;
    for (const [index, { path, body }] of turns.entries()) {
      // What Claude Code writes before its prompt is another text each time.
      const text = JSON.stringify({ ...body, tools }).replace('cc_version=', `cc_version=${index}.`);
      const asked = { ...JSON.parse(text), stream: false, stream_options: undefined, [limitFields[api]]: 1 };
      const { usage } = await send(path, asked);
      const used = toUsage(usage as Record<string, unknown>);
      if (before !== undefined) {
        expect(used.prompt).toBeGreaterThan(before.prompt);
        expect(used.cached).toBeGreaterThanOrEqual(before.prompt - seamTokensMax);
      }
      before = used;
    }
    expect(turns).toHaveLength(3);
  });
});

interface Details {
  readonly cached_tokens: number;
}

/** The counts of any of the APIs. Anthropic's input has no cached tokens. */
function toUsage(usage: Record<string, unknown>): Usage {
  const details = (usage['prompt_tokens_details'] ?? usage['input_tokens_details']) as Details | undefined;
  if (details === undefined) {
    const cached = Number(usage['cache_read_input_tokens']);
    return { prompt: Number(usage['input_tokens']) + cached, cached };
  }
  return { prompt: Number(usage['prompt_tokens'] ?? usage['input_tokens']), cached: details.cached_tokens };
}
