import { defineConfig } from 'vitest/config';

// Three projects: `fast` needs no model, `model` runs the real engine one file at a time (two cores are all
// it may have), `soak` holds the long counts and runs only when it is asked for by name.
const model = ['**/*.model.test.ts'];
const soak = ['**/*.soak.test.ts'];
const never = ['**/node_modules/**', 'dist/**', '.cache/**'];

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['**/*.test.ts'],
          exclude: [...never, ...model, ...soak],
          testTimeout: 20_000,
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
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
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
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
