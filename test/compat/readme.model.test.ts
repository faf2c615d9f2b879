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
    python: ['The capital of France is Paris.\n'],
    sh: [
      /"content":"The capital of France is Paris\.".*"finish_reason":"stop"/,
      /"content":"\{\\"name\\": \\"Ada Lovelace\\", \\"age\\": 36\}".*"finish_reason":"stop"/,
    ],
  },
});
