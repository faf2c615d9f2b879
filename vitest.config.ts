import { defineConfig } from 'vitest/config';

// Four projects: `fast` needs no model, `model` runs the real engine one file at a time (two cores are all
// it may have), `browser` opens the built console in Chromium, also one file at a time, `soak` holds the long
// counts and runs only when it is asked for by name.
const model = ['**/*.model.test.ts'];
const browser = ['**/*.browser.test.ts'];
const soak = ['**/*.soak.test.ts'];
const never = ['**/node_modules/**', 'dist/**', '.cache/**'];
/** What a test waits for comes at once, except where the machine is busy. */
const poll = { timeout: 20_000, interval: 20 };

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['**/*.test.ts'],
          exclude: [...never, ...model, ...browser, ...soak],
          // Nothing takes this long, except where the machine is busy.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'model',
          include: model,
          exclude: never,
          globalSetup: ['./test/pull-test-model.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 120_000,
          expect: { poll },
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser',
          include: browser,
          exclude: never,
          globalSetup: ['./test/console/build-console.ts', './test/pull-test-model.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: { poll },
          // On a busy machine a browser may miss a key press. What is broken fails each time.
          retry: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'soak',
          include: soak,
          exclude: never,
          globalSetup: ['./test/pull-test-model.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 1_800_000,
          expect: { poll },
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
