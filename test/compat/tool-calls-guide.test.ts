// The guide's samples over a scripted model, which calls when it may: what they print is known to the letter.
import { afterAll, beforeAll } from 'vitest';
import { toText } from '../../src/backend/message-content.ts';
import { messagesOf } from '../messages-of.ts';
import { callTools, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      'smollm2:135m-instruct-q4_1': (request) => {
        const last = messagesOf(request).at(-1);
        const script =
          last?.role === 'tool'
            ? sayTexts('The answer: ', toText(last.content))
            : callTools(['get_weather', '{"city":', '"Paris"}']);
        return script(request);
      },
    },
  });
});

afterAll(() => app.close());

const streamed = /^\{"city":"Paris"\}\nget_weather .*Paris.*\ntool_calls\n$/;

runGuideSamples({
  guide: 'docs/guides/tool-calls.md',
  server: () => app,
  expected: {
    python: [
      /^get_weather \{'city': 'Paris'\}\nThe answer: It is 18 degrees in Paris\.\n$/,
      /^GetWeather\(city='Paris'\)\n$/,
      streamed,
    ],
    js: [/^It is 18 degrees in Paris\.\n$/, streamed],
    sh: [/"content":null,.*"arguments":"\{\\"city\\":\\"Paris\\"\}".*"finish_reason":"tool_calls"/],
  },
});
