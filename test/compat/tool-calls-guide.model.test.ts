import { afterAll, beforeAll } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

runGuideSamples({
  guide: 'docs/guides/tool-calls.md',
  server: () => server,
  expected: {
    python: [
      "get_weather {'city': 'Paris'}\nThe weather in Paris is 18 degrees.\n",
      "GetWeather(city='Paris')\n",
      `{"city": "Paris"}\nget_weather city='Paris'\ntool_calls\n`,
    ],
    js: ['It is 18 degrees in Paris.\n', '{"city": "Paris"}\nget_weather {"city": "Paris"}\ntool_calls\n'],
    sh: [/"content":null,.*"arguments":"\{\\"city\\": \\"Paris\\"\}".*"finish_reason":"tool_calls"/],
  },
});
