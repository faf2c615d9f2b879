import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const program = join(import.meta.dirname, '..', '..', 'node_modules', 'compatcanary', 'src', 'cli.js');

let server: ServerProcess;

beforeAll(async () => {
  // Its requests set no limit for their answers, and the small model may ramble: the context ends it.
  server = await startServerProcess({ flags: ['--context-length', '1024'] });
});

afterAll(() => server.stop());

interface Report {
  readonly score: number;
  readonly results: readonly { readonly id: string; readonly status: string; readonly summary: string }[];
}

function scan(model: string): Promise<{ exitCode: number; report: Report }> {
  const flags = ['--base-url', `${server.url}/v1/inference`, '--model', model, '--profile', 'chat'];
  // The time is for one request, and long because other work may share the machine.
  const form = ['--format', 'json', '--fail-on', 'any', '--timeout', '100'];
  const env = { ...process.env, OPENAI_API_KEY: server.key };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, 'scan', ...flags, ...form], { env }, (error, stdout, stderr) => {
      if (stderr !== '') return reject(new Error(stderr));
      resolve({ exitCode: Number(error?.code ?? 0), report: JSON.parse(stdout) });
    });
  });
}

test('every probe of the chat profile passes', { timeout: 300_000 }, async () => {
  const { exitCode, report } = await scan('smollm2:135m-instruct-q4_1');
  expect(report.results).toEqual(
    ['models.list', 'chat.basic', 'chat.streaming', 'chat.tool_call', 'chat.structured_output'].map((id) =>
      expect.objectContaining({ id, status: 'pass' }),
    ),
  );
  expect({ exitCode, score: report.score }).toEqual({ exitCode: 0, score: 100 });
});

test('and none where the model is not there, but for the list that has not got it', async () => {
  const { exitCode, report } = await scan('nobody');
  expect(report.results.map(({ status }) => status)).toEqual(['warn', 'fail', 'fail', 'fail', 'fail']);
  expect(exitCode).toBe(1);
});
