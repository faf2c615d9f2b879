import { afterAll, beforeAll } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  // The samples set no limit for their answers, and the small model may ramble: the context ends it.
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

const sentence = /^.* is -?\d+\n$/;
/** JSON as it came, and then what was parsed of it. */
const streamed = /^\{"name": ?".*", ?"age": ?-?\d+\}\n.* is -?\d+\n$/;

runGuideSamples({
  guide: 'docs/guides/structured-outputs.md',
  server: () => server,
  expected: {
    python: [sentence, /^\{'name': .*, 'age': -?\d+\}\n$/, streamed],
    js: [sentence, /^(yes|no)\n$/, /^(\{[\s\S]*\}|The answer was invalid; ask again\.|)\n?$/, streamed],
    sh: [/"content":"\{\\"name\\": ?\\".*\\", ?\\"age\\": ?-?\d+\}".*"finish_reason":"stop"/],
  },
});
