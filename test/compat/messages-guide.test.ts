// The guide's samples over a scripted model, which calls when it must and answers in the form that it is asked for.
import { afterAll, beforeAll } from 'vitest';
import { callTools, sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      'smollm2:135m-instruct-q4_1': (request) => {
        if (request.toolUse?.choice === 'required')
          return callTools(['get_weather', '{"city":"Paris"}'])(request);
        if (request.grammar !== undefined) return sayTexts('{"name":"Tom","mood":"happy"}')(request);
        return sayTexts('Hel', 'lo.')(request);
      },
    },
  });
});

afterAll(() => app.close());

runGuideSamples({
  guide: 'docs/guides/messages-api.md',
  server: () => app,
  expected: {
    python: [/^Hello\.\nend_turn\n$/, "tool_use get_weather ['city']\ntext\n", 'Person\n'],
    js: [/^Hello\.\nend_turn\n$/],
    sh: [/"content":\[\{"type":"text","text":"Hello\."/],
  },
});
