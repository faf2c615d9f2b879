import { afterAll, beforeAll } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

runGuideSamples({
  guide: 'docs/guides/messages-api.md',
  server: () => server,
  expected: {
    python: [/\w[\s\S]*\n(end_turn|max_tokens)\n$/, "tool_use get_weather ['city']\ntext\n", 'Person\n'],
    js: [/\w[\s\S]*\n(end_turn|max_tokens)\n$/],
    sh: [/"content":\[\{"type":"text","text":"[^"]/],
  },
});
