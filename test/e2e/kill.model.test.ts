// A server that is killed under load loses no row: what it was working on is found as interrupted.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { createTestHome, startServerProcess } from '../server-process.ts';
import { readLedger } from '../usage-rows.ts';

/** `npm run soak` kills more often. */
const kills = 5;

/** A row is in the ledger so long after its request, in milliseconds; twice that, on a busy machine. */
const writtenWithinMs = 200;

let home: string;

beforeAll(async () => {
  home = await createTestHome();
});

afterAll(() => rm(home, { recursive: true, force: true }));

test(`${kills} kills under load lose no row but those in flight, which are interrupted`, async () => {
  const begun = new Set<string>();
  const answered = new Map<string, number>();
  const killedAtMs: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const server = await startServerProcess({ home });
    const ask = async (requestId: string, isStreamed: boolean) => {
      const answer = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${server.key}`,
          'content-type': 'application/json',
          'x-request-id': requestId,
        },
        body: JSON.stringify({
          model: 'smollm2:135m-instruct-q4_1',
          messages: [{ role: 'user', content: 'Count to ten.' }],
          max_tokens: isStreamed ? 60 : 3,
          stream: isStreamed,
        }),
      });
      if (answer.status === 200) begun.add(requestId);
      await answer.text();
      if (answer.status === 200) answered.set(requestId, performance.now());
    };
    // The model is loaded once an answer is there.
    await ask(`warm-${kill}`, false);
    let isLoaded = true;
    const workers = Array.from({ length: 8 }, async (_, worker) => {
      for (let turn = 0; isLoaded; turn += 1) {
        await ask(`r-${kill}-${worker}-${turn}`, worker % 2 === 0).catch(() => undefined);
      }
    });
    await sleep(1500 + Math.random() * 1500);
    isLoaded = false;
    killedAtMs.push(performance.now());
    server.process.kill('SIGKILL');
    await server.exited;
    await Promise.all(workers);
  }
  const last = await startServerProcess({ home });
  await last.stop();

  const database = await openDatabase(join(home, 'gravix.db'));
  try {
    const rows = await readLedger(database);
    expect(await database.queries.selectFrom('openRequests').selectAll().execute()).toEqual([]);
    expect(await database.queries.selectFrom('replicas').selectAll().execute()).toEqual([]);
    const outcomes = new Map(rows.map(({ requestId, outcome }) => [requestId, outcome]));
    expect(outcomes.size).toBe(rows.length);
    for (const requestId of begun) expect(outcomes.has(requestId), requestId).toBe(true);
    for (const [requestId, atMs] of answered) {
      const killed = killedAtMs.find((each) => each >= atMs) ?? Infinity;
      if (killed - atMs > writtenWithinMs) expect(outcomes.get(requestId), requestId).toBe('completed');
    }
    const interrupted = rows.filter(({ outcome }) => outcome === 'interrupted');
    expect(interrupted.length).toBeGreaterThan(0);
    expect(interrupted.every(({ isEstimated }) => isEstimated)).toBe(true);
    // At most 8 ran at a time, and as many may have ended just before.
    expect(interrupted.length).toBeLessThanOrEqual(kills * 16);
  } finally {
    await database.close();
  }
});
