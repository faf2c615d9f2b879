import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { type CheckOutcomes, readCheckNames, runPythonChecks } from './run-python-checks.ts';

const model = 'smollm2:135m-instruct-q4_1';

let server: ServerProcess;
let python: string | undefined;

beforeAll(async () => {
  python = await pythonEnvironment();
  server = await startServerProcess({ flags: ['--context-length', '1024'] });
}, 300_000);

afterAll(() => server.stop());

const target = () => ({ baseUrl: `${server.url}/v1/inference`, key: server.key, model });

describe.each([
  { client: "OpenAI's Python SDK", file: 'python_sdk_checks.py' },
  { client: 'LangChain', file: 'langchain_checks.py' },
  { client: "Anthropic's Python SDK", file: 'anthropic_sdk_checks.py' },
  { client: "LangChain's ChatAnthropic", file: 'langchain_anthropic_checks.py' },
])('$client', ({ file }) => {
  let outcomes: CheckOutcomes | undefined;

  beforeAll(async () => {
    if (python !== undefined) outcomes = await runPythonChecks(python, file, target());
  }, 300_000);

  test.for(readCheckNames(file))('%s', (name, context) => {
    if (outcomes === undefined) return context.skip('python3 with venv is not installed');
    const raised = outcomes.get(name);
    if (raised === undefined) throw new Error(`It did not run.\n${outcomes.get('')}`);
    expect(raised).toBeNull();
  });
});
