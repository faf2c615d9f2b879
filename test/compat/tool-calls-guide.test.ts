// The guide's samples over a scripted model, which calls when it may. With the real model they run as those of the
// structured outputs do: `structured-outputs-guide.model.test.ts` shows how.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import { callTools, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { readSamples, runSample, type SampleLanguage } from './guide-sample.ts';

const guide = 'tool-calls.md';

let app: TestApp;
let python: string | undefined;

beforeAll(async () => {
  python = await pythonEnvironment();
  app = await startTestApp({
    models: {
      'smollm2:135m-instruct-q4_1': (request) => {
        const last = request.messages.at(-1);
        const script =
          last?.role === 'tool'
            ? sayTexts(`There are `, `${last.text}.`)
            : callTools(['get_weather', '{"city":', '"Paris"}']);
        return script(request);
      },
    },
  });
}, 300_000);

afterAll(() => app.close());

const streamed = /^\{"city":"Paris"\}\nget_weather .*Paris.*\ntool_calls\n$/;

/** Every sample of the guide in its order, and what it prints. */
const expected: Readonly<Record<SampleLanguage, readonly RegExp[]>> = {
  python: [
    /^get_weather \{'city': 'Paris'\}\nThere are 18 degrees in Paris\.\n$/,
    /^GetWeather\(city='Paris'\)\n$/,
    streamed,
  ],
  js: [/^There are 18 degrees in Paris\.\n$/, streamed],
  sh: [/"content":null,.*"arguments":"\{\\"city\\":\\"Paris\\"\}".*"finish_reason":"tool_calls"/],
};

const programs = { js: () => process.execPath, sh: () => 'bash', python: () => python };

for (const language of ['python', 'js', 'sh'] as const) {
  const samples = readSamples(guide, language);
  for (const [index, sample] of samples.entries()) {
    test(`${language} sample ${index + 1}`, async (context) => {
      const program = programs[language]();
      if (program === undefined) return context.skip('python3 with venv is not installed');
      const printed = await runSample(sample, language, program, app);
      expect(printed).toMatch(expected[language][index] ?? /^$/);
    });
  }

  test(`all samples in ${language} are known`, () => {
    expect(samples).toHaveLength(expected[language].length);
  });
}
