import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runToolSoak } from './run-tool-soak.ts';

/** Every tool twice: once by its name, and once where any may be called. */
const requests = 20;

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess();
});

afterAll(() => server.stop());

test(`${requests} forced answers over ten tools are calls that end by themselves`, {
  timeout: 600_000,
}, async () => {
  const figures = await runToolSoak(server, requests);
  expect(figures.wrong).toEqual([]);
  expect(figures).toMatchObject({ requests, length: 0 });
  expect(figures.calls).toBeGreaterThanOrEqual(requests);
});
