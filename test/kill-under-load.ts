// Kills a real server with the real model under load, again and again, and checks what its ledger has afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { SqlDatabase } from '../src/store/sql/sql-database.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { readLedger } from './usage-rows.ts';

/** A row is in the ledger so long after its request, in milliseconds; twice that, on a busy machine. */
const writtenWithinMs = 200;

const workers = 8;

export interface KillOptions {
  readonly kills: number;
  readonly home: string;
  /** Such as `DATABASE_URL`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long a server runs under load, in milliseconds: a random time between these. */
  readonly loadMs: readonly [min: number, max: number];
}

export interface KillOutcome {
  /** Requests whose answer began. */
  readonly begun: ReadonlySet<string>;
  /** When each whole answer had arrived. */
  readonly answered: ReadonlyMap<string, number>;
  readonly killedAtMs: readonly number[];
}

export async function killUnderLoad({
  kills,
  home,
  environment = {},
  loadMs: [minMs, maxMs],
}: KillOptions): Promise<KillOutcome> {
  const begun = new Set<string>();
  const answered = new Map<string, number>();
  const killedAtMs: number[] = [];
  const ask = async ({ url, key }: ServerProcess, requestId: string, isStreamed: boolean) => {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
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
  for (let kill = 0; kill < kills; kill += 1) {
    const server = await startServerProcess({ home, environment });
    // The model is loaded once an answer is there.
    await ask(server, `warm-${kill}`, false);
    let isLoaded = true;
    const loads = Array.from({ length: workers }, async (_, worker) => {
      for (let turn = 0; isLoaded; turn += 1) {
        await ask(server, `r-${kill}-${worker}-${turn}`, worker % 2 === 0).catch(() => undefined);
      }
    });
    await sleep(minMs + Math.random() * (maxMs - minMs));
    isLoaded = false;
    killedAtMs.push(performance.now());
    server.process.kill('SIGKILL');
    await server.exited;
    await Promise.all(loads);
  }
  return { begun, answered, killedAtMs };
}

/** Each request has one row; those that were in flight are interrupted, and marked as estimated. */
export async function expectNothingLost(
  database: SqlDatabase,
  { begun, answered, killedAtMs }: KillOutcome,
): Promise<{ readonly rows: number; readonly interrupted: number }> {
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
  // As many as workers ran at a time, and as many may have ended just before.
  expect(interrupted.length).toBeLessThanOrEqual(killedAtMs.length * workers * 2);
  return { rows: rows.length, interrupted: interrupted.length };
}
