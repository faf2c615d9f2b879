// Tools that take long to compile, in a form that writes each parameter on its own: a real process with the real model,
// and the real thread for schemas.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequest } from '../../test/create-request.ts';
import { startEngine } from '../../test/start-engine.ts';
import { createSuiteFolder } from '../../test/temporary-folder.ts';
import { testModelPath } from '../../test/test-model.ts';
import { writeModelWithSigns } from '../../test/write-model-with-signs.ts';
import type { ToolDefinition, ToolUse } from '../backend/tool.ts';
import { createGrammarWorker } from '../grammar-worker/create-grammar-worker.ts';
import { prepareTools } from '../service/chat/prepare-tools.ts';
import type { EngineClient } from './engine-client.ts';

/** Milliseconds that another stream may wait for a token. */
const waitMsMax = 250;

/** What else the machine does makes a stream wait, too: one quiet time of so many shows that the tools don't. */
const tries = 6;

const folder = createSuiteFolder();
const compiler = createGrammarWorker({ answerMsMax: 60_000, compileMsMax: 10_000 });
let client: EngineClient;

beforeAll(async () => {
  const path = join(folder, 'model.gguf');
  // The texts of Qwen 3 Coder, whose calls write each parameter in tags of its own.
  writeModelWithSigns(testModelPath(), ['<tool_call>', '<function=', '<parameter='], path);
  client = await startEngine(path, { contextLength: 4_096 });
});
afterAll(async () => {
  await client.close(1000);
  await compiler.close();
});

/** Its automaton has two thousand states before the second pattern leaves one text. */
function toSlowText(letter: string, other: string) {
  const either = `[${letter}${other}]`;
  return { allOf: [{ pattern: `^${either}*${letter}${either}{11}$` }, { pattern: `^${letter}{13}$` }] };
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

function createSlowTool(index: number): ToolDefinition {
  const other = letters[index] ?? '';
  const texts = [...letters]
    .filter((letter) => letter !== other)
    .slice(0, 16)
    .map((letter) => [letter, { type: 'string', ...toSlowText(letter, other) }]);
  const parameters = { type: 'object', properties: Object.fromEntries(texts) };
  return { name: `tool_${other}`, description: undefined, parameters, isStrict: true };
}

const never = new AbortController().signal;

/** Of a stream, the longest wait for a token after its first while `other` runs. */
async function measureLongestWaitMs(other: () => Promise<void>): Promise<number> {
  const stream = client.generate(createRequest('Tell a long story.', { maxTokens: 1_500 }), never).events;
  let lastMs: number | undefined;
  let longestMs = 0;
  let running: Promise<void> | undefined;
  let isOver = false;
  for await (const event of stream) {
    if (event.type !== 'text-delta') continue;
    const nowMs = performance.now();
    if (lastMs !== undefined && running !== undefined) longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    running ??= other().then(() => {
      isOver = true;
    });
    if (isOver) break;
  }
  await running;
  return longestMs;
}

async function call(toolUse: ToolUse): Promise<string[]> {
  const names: string[] = [];
  const request = createRequest('Call a tool.', { maxTokens: 30, toolUse });
  for await (const event of client.generate(request, never).events) {
    if (event.type === 'tool-call-start') names.push(event.name);
  }
  return names;
}

test('tools whose parameters take long to compile hold up no other stream', async () => {
  const tools = Array.from({ length: 2 }, (_, index) => createSlowTool(index));
  const wanted: ToolUse = {
    tools,
    choice: 'required',
    callableNames: tools.map(({ name }) => name),
    isParallel: false,
  };
  const argumentsNotation = client.describe()?.argumentsNotation;
  expect(argumentsNotation).toBe('tagged');
  const { toolUse } = await prepareTools(compiler, wanted, { argumentsNotation }, 60_000);
  const waitsMs: number[] = [];
  while (waitsMs.length < tries && Math.min(...waitsMs) > waitMsMax) {
    waitsMs.push(
      await measureLongestWaitMs(async () => {
        expect(await call(toolUse)).toHaveLength(1);
      }),
    );
  }
  expect(Math.min(...waitsMs)).toBeLessThan(waitMsMax);
});
