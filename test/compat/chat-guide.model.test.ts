import { afterAll, beforeAll, expect } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--context-length', '512'] });
});

afterAll(() => server.stop());

const capital = 'The capital of France is Paris.\n';
/** The second answer says what "its" means, which only the history tells. */
const twoTurns = `${capital}Paris is also known for its iconic landmarks like the Eiffel Tower, Notre Dame Cathedral, and the Louvre Museum.\n`;
const planets =
  'The planets in our solar system are: Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus, and Neptune.\n';
const names = 'smollm2:135m-instruct-q4_1\n';

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
    python: [capital, twoTurns, planets, expectManyChunks, names],
    js: [capital, twoTurns, planets, names],
    sh: [
      /"content":"The capital of France is Paris\.".*"finish_reason":"stop".*"usage":/,
      /"content":"Paris is also known [^"]* Eiffel Tower[^"]*".*"finish_reason":"stop"/,
      expectWholeStream,
      /^\{"object":"list","data":\[\{"id":"smollm2:135m-instruct-q4_1"/,
    ],
  },
});
