import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { assertPrintedForm } from './assert-printed-form.ts';
import { readSeed, runSeed } from './seed-sample.ts';

const printedModel = 'llama3.1:8b-instruct-fp16';

let server: ServerProcess;
let python: string | undefined;

beforeAll(async () => {
  python = await pythonEnvironment();
  // The samples set no limit for their answers, and the small model may ramble: the context ends it.
  server = await startServerProcess({
    flags: ['--alias', `${printedModel}=smollm2:135m-instruct-q4_1`, '--context-length', '512'],
  });
}, 300_000);

afterAll(() => server.stop());

function parsePrinted(file: string): unknown {
  return JSON.parse(readSeed(`${file}.response.json`));
}

/** What the printed type alone does not say. */
function assertSensible(answer: unknown): void {
  expect(answer).toMatchObject({
    id: expect.stringMatching(/^chatcmpl-/),
    object: 'chat.completion',
    model: printedModel,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: expect.stringMatching(/\S/) },
        finish_reason: expect.stringMatching(/^(stop|length)$/),
      },
    ],
  });
  const { usage } = answer as {
    usage: Record<'prompt_tokens' | 'completion_tokens' | 'total_tokens', number>;
  };
  expect(usage.prompt_tokens).toBeGreaterThan(0);
  expect(usage.completion_tokens).toBeGreaterThan(0);
  expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
}

test('chat-completions.sh', async () => {
  const answer: unknown = JSON.parse(await runSeed('chat-completions.sh', 'bash', server));
  assertPrintedForm(answer, parsePrinted('chat-completions.sh'));
  assertSensible(answer);
});

test('chat-completions.js', async () => {
  const answer: unknown = JSON.parse(await runSeed('chat-completions.js', process.execPath, server));
  assertPrintedForm(answer, parsePrinted('chat-completions.js'));
  assertSensible(answer);
});

test('chat-completions.py', async (context) => {
  if (python === undefined) return context.skip('python3 with venv is not installed');
  const answer: unknown = JSON.parse(await runSeed('chat-completions.py', python, server));
  assertPrintedForm(answer, parsePrinted('chat-completions.py'));
  assertSensible(answer);
});

test('quickstart.py', async (context) => {
  if (python === undefined) return context.skip('python3 with venv is not installed');
  expect(await runSeed('quickstart.py', python, server)).toMatch(/\w{3}/);
});

test('streaming.py', async (context) => {
  if (python === undefined) return context.skip('python3 with venv is not installed');
  expect(await runSeed('streaming.py', python, server)).toMatch(/\w{3}[\s\S]*\n$/);
});

/** The guide prints parts of a request with comments in them: without those they are JSON. */
function parsePart(file: string): unknown {
  return JSON.parse(`{${readSeed(file).replace(/^\/\/.*$/gm, '')}}`);
}

async function complete(body: object): Promise<unknown> {
  const answer = await fetch(`${server.url}/v1/inference/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: printedModel, temperature: 0, max_tokens: 40, ...body }),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

test('the messages of a second turn', async () => {
  const answer = await complete(parsePart('multi-turn.txt') as object);
  assertSensible(answer);
  assertPrintedForm(answer, parsePrinted('chat-completions.sh'));
});

test('the system role, alone and before the user role as printed', async () => {
  const { messages } = parsePart('system-role.txt') as { messages: object[] };
  assertSensible(await complete({ messages }));
  const user: unknown = JSON.parse(readSeed('user-role.txt'));
  assertSensible(await complete({ messages: [...messages, user] }));
});
