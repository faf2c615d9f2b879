import { afterAll, beforeAll, expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { readSamples, runSample, type SampleLanguage } from './guide-sample.ts';

const guide = 'structured-outputs.md';

let server: ServerProcess;
let python: string | undefined;

beforeAll(async () => {
  python = await pythonEnvironment();
  // The samples set no limit for their answers, and the small model may ramble: the context ends it.
  server = await startServerProcess({ flags: ['--context-length', '512'] });
}, 300_000);

afterAll(() => server.stop());

const sentence = /^.* is -?\d+\n$/;
/** JSON as it came, and then what was parsed of it. */
const streamed = /^\{"name": ?".*", ?"age": ?-?\d+\}\n.* is -?\d+\n$/;

/** Every sample of the guide in its order, and what it prints. */
const expected: Readonly<Record<SampleLanguage, readonly RegExp[]>> = {
  python: [sentence, /^\{'name': .*, 'age': -?\d+\}\n$/, streamed],
  js: [sentence, /^(yes|no)\n$/, /^(\{[\s\S]*\}|The answer was invalid; ask again\.|)\n?$/, streamed],
  sh: [/"content":"\{\\"name\\": ?\\".*\\", ?\\"age\\": ?-?\d+\}".*"finish_reason":"stop"/],
};

const programs = { js: () => process.execPath, sh: () => 'bash', python: () => python };

for (const language of ['python', 'js', 'sh'] as const) {
  const samples = readSamples(guide, language);
  for (const [index, sample] of samples.entries()) {
    test(`${language} sample ${index + 1}`, async (context) => {
      const program = programs[language]();
      if (program === undefined) return context.skip('python3 with venv is not installed');
      const printed = await runSample(sample, language, program, server);
      expect(printed).toMatch(expected[language][index] ?? /^$/);
    });
  }

  test(`all samples in ${language} are known`, () => {
    expect(samples).toHaveLength(expected[language].length);
  });
}
