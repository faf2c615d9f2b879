// The guide's samples over a scripted model: what they print is known to the letter, and what they sent is looked into.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readSamples, runSample } from './guide-sample.ts';
import { runGuideSamples, type SampleOutcome } from './run-guide-samples.ts';

const guide = 'docs/guides/structured-outputs.md';

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

/** The sample prints this, and its last request asked for this form. */
function printsOf(pattern: RegExp, format: object): SampleOutcome {
  return (printed) => {
    expect(printed).toMatch(pattern);
    expect(app.compiler.formats.at(-1)).toMatchObject(format);
  };
}

const schema = { type: 'object', required: ['name', 'age'], additionalProperties: false };
const jsonSchema = { kind: 'json-schema', strict: true, schema };
const sentence = printsOf(/^Ada is 36\n$/, jsonSchema);
const streamed = printsOf(/^\{"name":"Ada","age":36\}\nAda is 36\n$/, jsonSchema);

runGuideSamples({
  guide,
  server: () => app,
  expected: {
    // Python's samples run over the real model.
    js: [
      sentence,
      printsOf(/^"yes"\n$/, { kind: 'choice', choices: ['yes', 'no'] }),
      /^\{ name: 'Ada', age: 36 \}\n$/,
      streamed,
    ],
    sh: [printsOf(/"content":"\{\\"name\\":\\"Ada\\",\\"age\\":36\}"/, { ...jsonSchema, name: 'person' })],
  },
});

test('the sample with a stream that turns out invalid', async () => {
  isBroken = true;
  const streamSample = readSamples(guide, 'js')[2] ?? '';
  expect(await runSample(streamSample, 'js', process.execPath, app)).toBe(
    'The answer was invalid; ask again.\n',
  );
  isBroken = false;
});
