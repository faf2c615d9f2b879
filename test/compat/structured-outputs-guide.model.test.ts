import { afterAll, beforeAll } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

const sentence = 'Ada Lovelace is 36\n';
/** JSON as it came, and then what was parsed of it. */
const streamed = `{"name": "Ada Lovelace", "age": 36}\n${sentence}`;

runGuideSamples({
  guide: 'docs/guides/structured-outputs.md',
  server: () => server,
  expected: {
    python: [sentence, "{'name': 'Ada Lovelace', 'age': 36}\n", streamed],
    js: [sentence, 'yes\n', "{ name: 'Ada Lovelace', age: 36 }\n", streamed],
    sh: [/"content":"\{\\"name\\": \\"Ada Lovelace\\", \\"age\\": 36\}".*"finish_reason":"stop"/],
  },
});
