import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { runToolSoak } from './run-tool-soak.ts';
import { soakTools } from './soak-tools.ts';

const requests = 200;

/** Each takes up to four times as long. */
const roomyRequests = 30;

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess();
});

afterAll(() => server.stop());

test(`${requests} forced answers over ten tools are calls that end by themselves`, async () => {
  const figures = await runToolSoak(server, requests);
  console.log(JSON.stringify({ ...figures, names: [...figures.names] }));
  expect(figures.wrong).toEqual([]);
  expect(figures).toMatchObject({ requests, length: 0 });
  expect(figures.names.size).toBe(soakTools.length);
});

// Bounds follow the tokens, so that answers with more of them are longer and end all the same.
test.each([2_048, 4_096])(`${roomyRequests} of them end within %d tokens`, async (maxTokens) => {
  const figures = await runToolSoak(server, roomyRequests, maxTokens);
  console.log(JSON.stringify({ ...figures, names: [...figures.names] }));
  expect(figures.wrong).toEqual([]);
  expect(figures).toMatchObject({ requests: roomyRequests, length: 0 });
});
