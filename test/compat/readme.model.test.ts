import { afterAll, beforeAll } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

runGuideSamples({
  guide: 'README.md',
  server: () => server,
  expected: {
    python: [/^.*Paris.*\n$/],
    sh: [
      /"content":"[^"]*Paris[^"]*".*"finish_reason":"stop"/,
      /"content":"\{\\"name\\": ?\\".*\\", ?\\"age\\": ?-?\d+\}".*"finish_reason":"stop"/,
    ],
  },
});
