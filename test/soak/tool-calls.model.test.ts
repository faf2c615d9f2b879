import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runToolSoak } from './run-tool-soak.ts';

/** Every tool once and every way of forcing twice; `npm run soak` forces each tool in every way. */
const requests = 10;

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
