import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runSoak } from './run-soak.ts';

const generations = 2_000;

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess();
});

afterAll(() => server.stop());

test(`${generations} answers are what their finish reasons say`, async () => {
  const figures = await runSoak(server, generations);
  console.log(JSON.stringify({ ...figures, wrong: figures.wrong.length }));
  expect(figures.wrong).toEqual([]);
  expect(figures.stop).toBeGreaterThan(generations / 4);
  expect(figures.length).toBeGreaterThan(generations / 20);
  expect(figures.refused).toBeLessThan(generations / 20);
});
