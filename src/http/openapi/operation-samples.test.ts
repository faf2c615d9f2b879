import { execFileSync, spawnSync } from 'node:child_process';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import * as chat from './chat-operation.ts';
import * as messages from './message-operations.ts';
import * as management from './model-management-operations.ts';
import * as models from './model-operations.ts';
import type { Operation } from './operation.ts';
import * as responses from './response-operations.ts';
import * as stored from './stored-chat-operations.ts';
import * as text from './text-operations.ts';
import * as usage from './usage-operations.ts';

const model = `it's "one" $(echo no) \`echo no\``;

const hasPython = spawnSync('python3', ['--version']).status === 0;

const operations = [chat, management, messages, models, responses, stored, text, usage]
  .flatMap((room): unknown[] => Object.values(room))
  .filter((one): one is Operation => typeof one === 'object' && one !== null && 'toSamples' in one);

function toSamples(operation: Operation) {
  return operation.toSamples({ serverUrl: 'http://localhost:4728', base: '/v1', model });
}

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  const samples = toSamples(operation);

  test.skipIf(process.platform === 'win32')(
    'a shell reads what was meant, whatever the model is called',
    () => {
      const print = 'curl() { for word in "$@"; do printf "%s\\0" "$word"; done; }\n';
      const words = execFileSync('sh', ['-c', print + samples.curl], { encoding: 'utf8' }).split('\0');
      const body = words[words.indexOf('-d') + 1];
      if (!words.includes('-d')) expect(words.join(' ')).toContain('http://localhost:4728/v1/');
      else expect({ model, ...JSON.parse(body ?? '') }).toMatchObject({ model });
    },
  );

  test('JavaScript ends no string too early', () => {
    const program = samples.javascript.replaceAll(/^import .*$/gm, '');
    expect(() => new Script(`async () => {${program}}`)).not.toThrow();
  });
});

// In one process: each start of Python takes longer than all these samples.
test.skipIf(!hasPython)('nor does Python', () => {
  const check = `
import ast, json, sys
for name, sample in json.load(sys.stdin).items():
    try:
        ast.parse(sample)
    except SyntaxError as error:
        print(name, error)
`;
  const samples = operations.map((operation) => [operation.id, toSamples(operation).python]);
  const { stdout, status } = spawnSync('python3', ['-c', check], {
    input: JSON.stringify(Object.fromEntries(samples)),
    encoding: 'utf8',
  });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
