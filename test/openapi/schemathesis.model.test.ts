import { expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startServerProcess } from '../server-process.ts';
import { startTestApp } from '../start-test-app.ts';
import { testModelEntry } from '../test-model.ts';
import { pathsLeftOut, runSchemathesis, type SchemathesisReport } from './run-schemathesis.ts';

const model = testModelEntry().name;

// `npm run check:api` makes many more requests, and others each time.
const examples = 12;
const bounds = { examples, seed: 1, timeoutMs: 300_000 };

function expectNothingFound({ exitCode, report }: SchemathesisReport, requestsMin: number): void {
  expect(exitCode, report).toBe(0);
  expect(Number(/(\d+) generated/.exec(report)?.[1]), report).toBeGreaterThan(requestsMin);
}

test('requests that are made up, to the real model', { timeout: 400_000 }, async (context) => {
  const python = await pythonEnvironment();
  if (python === undefined) return context.skip('python3 with venv is not installed');
  const server = await startServerProcess({ flags: ['--log-level', 'error'] });
  const phases = ['examples', 'fuzzing'] as const;
  const found = await runSchemathesis({
    ...bounds,
    ...server,
    python,
    model,
    phases,
    excludedPaths: pathsLeftOut,
  });
  await server.stop();
  expectNothingFound(found, 40);
  expect(server.logs()).toBe('');
});

// Hundreds of requests: what a model would say to them is no matter here.
test('each bound of each schema', { timeout: 400_000 }, async (context) => {
  const python = await pythonEnvironment();
  if (python === undefined) return context.skip('python3 with venv is not installed');
  const app = await startTestApp({ models: { [model]: sayTexts('{"a":', '1}') } });
  const phases = ['coverage'] as const;
  const { key } = await app.keys.create({ name: 'admin', scopes: ['inference', 'admin'] });
  // A stream of events never ends, and a made-up change may be one of the key that is used.
  const excludedPaths = /\/(?:models\/(?:events|pull)|(?:admin|organization)\/.*)$/;
  const found = await runSchemathesis({ ...bounds, url: app.url, key, python, model, phases, excludedPaths });
  await app.close();
  expectNothingFound(found, 500);
  expect(app.logText()).not.toContain('unexpectedly');
});
