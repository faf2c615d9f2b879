import { afterAll, beforeAll } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

// Which city comes is the model's affair; that there is one, in a call that parses, is ours.
const streamed = /^\{"city": ?".*"\}\nget_weather .*city.*\ntool_calls\n$/;

runGuideSamples({
  guide: 'docs/guides/tool-calls.md',
  server: () => server,
  expected: {
    python: [/^get_weather \{'city': .+\}\n[\s\S]*\w{2}[\s\S]*\n$/, /^GetWeather\(city=.+\)\n$/, streamed],
    js: [/^18 degrees in .+\n$/, streamed],
    sh: [/"content":null,.*"arguments":"\{\\"city\\": ?\\".*\\"\}".*"finish_reason":"tool_calls"/],
  },
});
