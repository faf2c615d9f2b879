import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readSamples, runSample } from './guide-sample.ts';

const guide = 'structured-outputs.md';
const [zodSample = '', choiceSample = '', streamSample = '', zodStreamSample = '', ...otherSamples] =
  readSamples(guide, 'js');
const [schemaSample = '', ...otherShells] = readSamples(guide, 'sh');

let app: TestApp;
let isBroken = false;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      'smollm2:135m-instruct-q4_1': ({ outputFormat }) => {
        const answer = outputFormat?.kind === 'choice' ? '"yes"' : '{"name":"Ada","age":36}';
        const [start, rest] = [answer.slice(0, 3), isBroken ? '' : answer.slice(3)];
        return [started, textDelta(start), ...(rest === '' ? [] : [textDelta(rest)]), finish(3)];
      },
    },
  });
});

afterAll(() => app.close());

function run(sample: string, language: 'js' | 'sh' = 'js'): Promise<string> {
  return runSample(sample, language, language === 'js' ? process.execPath : 'bash', app);
}

test('the sample with zod', async () => {
  expect(await run(zodSample)).toBe('Ada is 36\n');
  expect(app.compiler.formats.at(-1)).toMatchObject({
    kind: 'json-schema',
    name: 'person',
    strict: true,
    schema: { type: 'object', required: ['name', 'age'], additionalProperties: false },
  });
});

test('the sample with a choice', async () => {
  expect(await run(choiceSample)).toBe('"yes"\n');
  expect(app.compiler.formats.at(-1)).toEqual({ kind: 'choice', choices: ['yes', 'no'] });
});

test('the sample with a stream, which may turn out invalid', async () => {
  expect(await run(streamSample)).toBe("{ name: 'Ada', age: 36 }\n");
  isBroken = true;
  expect(await run(streamSample)).toBe('The answer was invalid; ask again.\n');
  isBroken = false;
});

test('the sample with zod and a stream', async () => {
  expect(await run(zodStreamSample)).toBe('{"name":"Ada","age":36}\nAda is 36\n');
});

test('the sample with a plain schema', async () => {
  const answer = JSON.parse(await run(schemaSample, 'sh'));
  expect(JSON.parse(answer.choices[0].message.content)).toEqual({ name: 'Ada', age: 36 });
  expect(app.compiler.formats.at(-1)).toMatchObject({ kind: 'json-schema', name: 'person', strict: true });
});

test('no other sample was forgotten', () => {
  expect([...otherSamples, ...otherShells]).toEqual([]);
  // Those in Python run with the tests of the real model, which make a Python environment.
});
