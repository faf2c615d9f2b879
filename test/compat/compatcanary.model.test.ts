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

function scan(
  model: string,
  profile: 'chat' | 'modern' = 'chat',
): Promise<{ exitCode: number; report: Report }> {
  const flags = ['--base-url', `${server.url}/v1/inference`, '--model', model, '--profile', profile];
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

const chatProbes = [
  'models.list',
  'chat.basic',
  'chat.streaming',
  'chat.tool_call',
  'chat.structured_output',
];

/** Scans at most: one answer in ten rambles until its context ends, so that five in a row are one in 100,000. */
const scansMax = 5;

/**
 * The modern profile wants a stream that ends with `response.completed`. Its request sets neither a temperature nor a limit,
 * and an answer that the context ends is `response.incomplete`, as it must be: then, and only then, it is asked again.
 */
test('the modern profile scores 100', { timeout: 900_000 }, async () => {
  for (let count = 1; ; count += 1) {
    const { exitCode, report } = await scan('smollm2:135m-instruct-q4_1', 'modern');
    expect(report.results.map(({ id }) => id)).toEqual([
      ...chatProbes,
      'responses.basic',
      'responses.streaming',
    ]);
    const failed = report.results.filter(({ status }) => status !== 'pass');
    if (failed.length === 0) {
      expect({ exitCode, score: report.score }).toEqual({ exitCode: 0, score: 100 });
      return;
    }
    expect(failed).toMatchObject([
      { id: 'responses.streaming', summary: 'Expected response.completed event' },
    ]);
    expect(lastStreamReason(), 'a stream that the context has ended').toBe('length');
    expect(count).toBeLessThan(scansMax);
  }
});

/** Of the newest request for a response in the server's log. */
function lastStreamReason(): unknown {
  const lines = server
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Record<string, unknown> => JSON.parse(line));
  return lines.findLast(({ route }) => String(route).endsWith('/responses'))?.['finishReason'];
}

test('every probe of the chat profile passes', { timeout: 300_000 }, async () => {
  const { exitCode, report } = await scan('smollm2:135m-instruct-q4_1');
  expect(report.results).toEqual(chatProbes.map((id) => expect.objectContaining({ id, status: 'pass' })));
  expect({ exitCode, score: report.score }).toEqual({ exitCode: 0, score: 100 });
});

test('and none where the model is not there, but for the list that has not got it', async () => {
  const { exitCode, report } = await scan('nobody');
  expect(report.results.map(({ status }) => status)).toEqual(['warn', 'fail', 'fail', 'fail', 'fail']);
  expect(exitCode).toBe(1);
});
