import { beforeAll, expect, test } from 'vitest';
import { pythonEnvironment } from '../python-environment.ts';
import {
  readPrintedTexts,
  readSamples,
  runSample,
  type SampleLanguage,
  type SampleServer,
} from './guide-sample.ts';

/** Making the Python environment may install packages: as long as a slow line takes, in milliseconds. */
const environmentMsMax = 300_000;

/** A Python SDK alone takes seconds to load on a busy machine, in milliseconds. */
const sampleMsMax = 120_000;

/**
 * What a sample prints: a pattern, a function that throws where something else is wrong, or the very text, which the page
 * shows too.
 */
export type SampleOutcome = RegExp | string | ((printed: string) => void);

export interface GuideSamples {
  /** Path of the page from the root of the project. */
  readonly guide: string;
  /** Asked for when a test runs, by when it has been started. */
  readonly server: () => SampleServer;
  /** Every sample of the guide, by language and in order; a language that is not here does not run. */
  readonly expected: Readonly<Partial<Record<SampleLanguage, readonly SampleOutcome[]>>>;
}

/** Makes a test of every sample of a page: it runs as it is printed, and prints what is expected. */
export function runGuideSamples({ guide, server, expected }: GuideSamples): void {
  let python: string | undefined;

  beforeAll(async () => {
    if (expected.python !== undefined) python = await pythonEnvironment();
  }, environmentMsMax);

  const programs = { js: () => process.execPath, sh: () => 'bash', python: () => python };

  for (const language of ['python', 'js', 'sh'] as const) {
    const outcomes = expected[language];
    if (outcomes === undefined) continue;
    const samples = readSamples(guide, language);
    for (const [index, sample] of samples.entries()) {
      test(
        `${language} sample ${index + 1}`,
        async (context) => {
          const program = programs[language]();
          if (program === undefined) return context.skip('python3 with venv is not installed');
          const outcome = outcomes[index];
          if (outcome === undefined) throw new Error('Nobody says what this sample prints.');
          const printed = await runSample(sample, language, program, server());
          if (typeof outcome === 'string') {
            expect(printed).toBe(outcome);
            expect(readPrintedTexts(guide)).toContain(outcome);
          } else if (outcome instanceof RegExp) expect(printed).toMatch(outcome);
          else outcome(printed);
        },
        sampleMsMax,
      );
    }

    test(`all samples in ${language} are known`, () => {
      expect(samples).toHaveLength(outcomes.length);
    });
  }
}
