import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const run = promisify(execFile);
const model = 'smollm2:135m-instruct-q4_1';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess();
});

afterAll(() => server.stop());

/**
 * One chunk as each token is made: many different moments, spread over the whole time, and no two thirds of
 * them in one burst at the end. How fast they come is the benchmark's business.
 */
function expectSpread(arrivalsMs: readonly number[]): void {
  expect(arrivalsMs.length).toBeGreaterThanOrEqual(100);
  const moments = new Set(arrivalsMs.map((atMs) => Math.round(atMs)));
  expect(moments.size).toBeGreaterThan(50);
  const first = arrivalsMs[0]!;
  const middle = arrivalsMs[Math.floor(arrivalsMs.length / 2)]!;
  const last = arrivalsMs.at(-1)!;
  const spanMs = last - first;
  expect(spanMs).toBeGreaterThan(150);
  expect((middle - first) / spanMs).toBeGreaterThan(0.1);
  expect((middle - first) / spanMs).toBeLessThan(0.9);
}

const long = {
  model,
  messages: [{ role: 'user' as const, content: 'Tell me a very long story about the sea.' }],
  max_tokens: 150,
  temperature: 0,
};

test('a long answer comes token by token over a raw connection', async () => {
  const answer = await fetch(`${server.url}/v1/inference/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...long, stream: true }),
  });
  const decoder = new TextDecoder();
  const arrivalsMs: number[] = [];
  let text = '';
  for await (const bytes of answer.body!) {
    const piece = decoder.decode(bytes, { stream: true });
    text += piece;
    const count = piece.split('"content":').length - 1;
    for (let index = 0; index < count; index += 1) arrivalsMs.push(performance.now());
  }
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  expectSpread(arrivalsMs);
});

test('and through the JavaScript SDK', async () => {
  const client = new OpenAI({ apiKey: server.key, baseURL: `${server.url}/v1/inference` });
  const arrivalsMs: number[] = [];
  for await (const chunk of await client.chat.completions.create({ ...long, stream: true })) {
    if (chunk.choices[0]?.delta.content) arrivalsMs.push(performance.now());
  }
  expectSpread(arrivalsMs);
});

test('and through the Python SDK', async (context) => {
  const python = await pythonEnvironment();
  if (python === undefined) return context.skip('python3 with venv is not installed');
  const script = join(import.meta.dirname, 'python-arrivals.py');
  const { stdout } = await run(python, [script, `${server.url}/v1/inference`, model], {
    env: { ...process.env, GRAVIXLAYER_API_KEY: server.key },
  });
  const arrivals: number[] = JSON.parse(stdout);
  expectSpread(arrivals.map((seconds) => seconds * 1000));
});
