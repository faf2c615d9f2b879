import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runSoak } from './run-soak.ts';

/** The first of the soak test's: every schema five times. */
const generations = 60;

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess();
});

afterAll(() => server.stop());

test(`${generations} answers are what their finish reasons say`, async () => {
  const figures = await runSoak(server, generations);
  expect(figures.wrong).toEqual([]);
  expect(figures.generations).toBe(generations);
  expect(figures.stop).toBeGreaterThan(10);
  expect(figures.length).toBeGreaterThan(3);
  expect(figures.refused).toBeLessThan(generations / 4);
});
