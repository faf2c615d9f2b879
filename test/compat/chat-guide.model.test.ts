import { afterAll, beforeAll, expect } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

const capital = /^.*Paris.*\n$/;
/** The second answer says what "its" means, which only the history tells. */
const twoTurns = /^.*Paris.*\n.*(?:Paris|Eiffel|Louvre).*\n$/;
const poem = /^(?=[\s\S]*\w{3}[\s\S]*\w{3})[\s\S]*\n$/;
const names = /^smollm2:135m-instruct-q4_1\n$/;

function expectManyChunks(printed: string): void {
  const [chunks = 0, first = 0, last = 0] = (printed.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);
  expect(printed).toMatch(/^\d+ chunks, the first after [\d.]+ s, the last after [\d.]+ s\n$/);
  expect(chunks).toBeGreaterThan(100);
  expect(last).toBeGreaterThan(first);
}

function expectWholeStream(printed: string): void {
  const events = printed.split('\n\n').filter((event) => event.startsWith('data: '));
  expect(events.length).toBeGreaterThan(10);
  expect(events.at(-1)).toBe('data: [DONE]');
  expect(events.at(-2)).toMatch(/"choices":\[\],"usage":\{"prompt_tokens":\d+/);
}

runGuideSamples({
  guide: 'docs/guides/chat.md',
  server: () => server,
  expected: {
    python: [capital, twoTurns, poem, expectManyChunks, names],
    js: [capital, twoTurns, poem, names],
    sh: [
      /"content":"[^"]*Paris[^"]*".*"finish_reason":"stop".*"usage":/,
      /"content":"[^"]*(?:Paris|Eiffel|Louvre)[^"]*".*"finish_reason":"stop"/,
      expectWholeStream,
      /^\{"object":"list","data":\[\{"id":"smollm2:135m-instruct-q4_1"/,
    ],
  },
});
