// A server process that is killed while upstreams work for its requests: the next one charges what they were sent.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { LedgerRow } from '../../src/store/ledger-row.ts';
import { openDatabase as openPostgres } from '../../src/store/postgres/open-database.ts';
import type { SqlDatabase } from '../../src/store/sql/sql-database.ts';
import { openDatabase as openSqlite } from '../../src/store/sqlite/open-database.ts';
import { startCommandLine } from '../cli/command-line-process.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { findUsageDifferences, readLedger } from '../usage-rows.ts';
import { events, roleChunk, sseHead, textChunks } from './answer-texts.ts';
import { type FaultyUpstream, startFaultyUpstream } from './faulty-upstream.ts';

const timeout = 240_000;
const patience = { timeout: 120_000, interval: 50 };

let upstream: FaultyUpstream;

beforeAll(async () => {
  const hang = () => undefined;
  upstream = await startFaultyUpstream({
    behaviours: {
      hang,
      lone: hang,
      begun: ({ response }) => {
        response.writeHead(200, sseHead);
        response.write(events(roleChunk, ...textChunks.slice(0, 1)));
      },
    },
  });
});
afterAll(() => upstream.close());

const key = 'sk-of-a-killed-server';

/** Per million tokens: 2,000 and 3,000 billionths for each token of the prompt and of the answer. */
const price = '{ input: 2, cachedInput: 2, output: 3 }';
const dearPrice = '{ input: 20, cachedInput: 20, output: 30 }';

const toConfig = () => `
upstreams:
  up: { kind: vllm, baseUrl: "${upstream.baseUrl.href}" }
  gone: { kind: vllm, baseUrl: "http://127.0.0.1:1/v1" }
models:
  - { name: hanging, deployments: [{ upstream: up, model: hang, price: ${price} }] }
  - { name: begun, deployments: [{ upstream: up, model: begun, price: ${price} }] }
  - { name: one at a time, deployments: [{ upstream: up, model: lone, requestsMax: 1, price: ${price} }] }
  - name: second
    deployments:
      - { upstream: gone, model: hang, price: ${price} }
      - { upstream: up, model: hang, priority: 1, price: ${dearPrice} }
`;

const messages = [{ role: 'user', content: 'Hello' }];

/** By request id: the path and the body of a request. */
const requests: Readonly<Record<string, readonly [path: string, body: object]>> = {
  streamed: ['chat/completions', { model: 'hanging', messages, stream: true }],
  plain: ['chat/completions', { model: 'hanging', messages }],
  text: ['completions', { model: 'hanging', prompt: 'Hello' }],
  response: ['responses', { model: 'hanging', input: 'Hello', stream: true }],
  message: ['messages', { model: 'hanging', messages, max_tokens: 10 }],
  choices: ['chat/completions', { model: 'hanging', messages, n: 2 }],
  elsewhere: ['chat/completions', { model: 'second', messages }],
  begun: ['chat/completions', { model: 'begun', messages, stream: true, max_tokens: 10 }],
  first: ['chat/completions', { model: 'one at a time', messages }],
};
/** Sent when the place of its model is taken. */
const waiting = ['chat/completions', { model: 'one at a time', messages }] as const;

const sent = (promptTokens: number, costNano: number, more: Partial<LedgerRow> = {}) => ({
  outcome: 'interrupted',
  deployment: 'up/hang',
  isEstimated: true,
  attempts: 1,
  total: { promptTokens, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 },
  costNano,
  ...more,
});

const expected: Readonly<Record<string, ReturnType<typeof sent>>> = {
  streamed: sent(12, 24_000),
  plain: sent(12, 24_000),
  text: sent(3, 6_000),
  response: sent(12, 24_000),
  message: sent(12, 24_000),
  choices: sent(12, 24_000),
  elsewhere: sent(12, 240_000),
  // To the end of the slice that was being made.
  begun: sent(12, 54_000, {
    deployment: 'up/begun',
    total: { promptTokens: 12, cachedTokens: 0, completionTokens: 10, reasoningTokens: 0 },
  }),
  first: sent(12, 24_000, { deployment: 'up/lone' }),
  waiting: sent(0, 0, { deployment: undefined, attempts: 0 }),
};

/** Tokens that an open request would be charged. */
type OpenTokens = readonly [requestId: string, tokens: number];

/** A database as the servers and the test open it. */
interface TestedDatabase {
  readonly environment: Readonly<Record<string, string>>;
  listOpen(): Promise<readonly OpenTokens[]>;
  open(): Promise<SqlDatabase>;
}

async function startServer(home: string, { environment }: TestedDatabase) {
  const server = startCommandLine(['serve'], {
    home,
    environment: { GRAVIXLAYER_API_KEY: key, PORT: '0', ...environment },
    hasNoTerminal: true,
  });
  await server.until(/listening on http:\S+/);
  return { server, url: /listening on (http:[^\s"]+)/.exec(server.stdout() + server.stderr())?.[1] ?? '' };
}

function send(url: string, requestId: string, [path, body]: readonly [string, object]): void {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'x-request-id': requestId,
  };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  fetch(`${url}/v1/${path}`, request)
    .then((answer) => answer.text())
    .catch(() => undefined);
}

async function expectCharged(home: string, database: TestedDatabase): Promise<void> {
  writeFileSync(join(home, 'config.yaml'), toConfig());
  const { server, url } = await startServer(home, database);
  const before = upstream.count('lone');
  for (const [requestId, request] of Object.entries(requests)) send(url, requestId, request);
  await expect.poll(() => upstream.count('lone'), patience).toBe(before + 1);
  send(url, 'waiting', waiting);
  const charged = Object.entries(expected).map(([requestId, { total }]): OpenTokens => {
    return [requestId, total.promptTokens + total.completionTokens];
  });
  await expect
    .poll(async () => Object.fromEntries(await database.listOpen()), patience)
    .toEqual(Object.fromEntries(charged));
  server.signal('SIGKILL');
  await server.ended();
  const { server: next } = await startServer(home, database);
  const opened = await database.open();
  try {
    // In Postgres a process is dead when it was silent for 15 seconds.
    await expect.poll(async () => (await readLedger(opened)).length, patience).toBe(charged.length);
    const rows = await readLedger(opened);
    expect(Object.fromEntries(rows.map((row) => [row.requestId, row]))).toMatchObject(expected);
    expect(await findUsageDifferences(opened)).toEqual([]);
  } finally {
    await opened.close();
    next.signal('SIGKILL');
    await next.ended();
  }
}

const openRows =
  'SELECT request_id AS id, made_prompt_tokens + made_completion_tokens AS tokens FROM open_requests';
const toOpenTokens = ({ id, tokens }: { id: string; tokens: number | string }): OpenTokens => [
  id,
  Number(tokens),
];

describe('on SQLite', () => {
  test('a request that an upstream was sent costs its prompt', { timeout }, async () => {
    const home = createTemporaryFolder();
    const path = join(home, 'gravix.db');
    await expectCharged(home, {
      environment: {},
      listOpen: async () => {
        const database = new Libsql(path, { readonly: true });
        try {
          return (database.prepare(openRows).all() as { id: string; tokens: number }[]).map(toOpenTokens);
        } finally {
          database.close();
        }
      },
      open: () => openSqlite(path),
    });
  });
});

describeWithPostgres('on Postgres', (cluster) => {
  test('a request that an upstream was sent costs its prompt', { timeout }, async () => {
    const url = await cluster.createDatabase();
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    await expectCharged(createTemporaryFolder(), {
      environment: { DATABASE_URL: url },
      listOpen: async () => (await client.query(openRows)).rows.map(toOpenTokens),
      open: () => openPostgres(url, { connectionsMax: 2 }),
    });
  });
});
