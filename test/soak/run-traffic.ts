// The clients of a soak: streams, plain answers, tools, embeddings, clients that leave, reports and scrapes.
import { expect } from 'vitest';
import type { ServerProcess } from '../server-process.ts';

export interface SeenAnswer {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What the clients saw, by request id. */
export interface SeenTraffic {
  readonly answers: Map<string, SeenAnswer>;
  readonly left: Set<string>;
  readonly refused: Set<string>;
  /** Scrapes, reports and lists. */
  reads: number;
}

export interface TrafficOptions {
  readonly server: ServerProcess;
  readonly keys: readonly string[];
  readonly durationMs: number;
  /** Distinguishes the ids of requests. */
  readonly round: number;
  readonly seen: SeenTraffic;
}

const workers = 8;
export const embeddedModel = 'smollm2:135m-instruct-q4_1';
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }];
const reads = [
  '/metrics',
  '/v1/admin/usage',
  '/v1/admin/requests?limit=50',
  '/v1/admin/keys',
  '/v1/models',
  '/v1/key',
];

export async function runTraffic(options: TrafficOptions): Promise<void> {
  const endsAtMs = performance.now() + options.durationMs;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let turn = 0; performance.now() < endsAtMs; turn += 1) await takeTurn(options, worker, turn);
    }),
  );
}

async function takeTurn({ server, keys, round, seen }: TrafficOptions, worker: number, turn: number) {
  const id = `soak-${round}-${worker}-${turn}`;
  // A short round has all kinds too.
  const kind = (turn + worker + round) % 10;
  const key = keys[(worker + turn) % keys.length] ?? server.key;
  const content = `Say something about ${id}.`;
  const ask = (fields: object, leaves = false) =>
    askModel({
      server,
      key,
      id,
      seen,
      path: '/v1/chat/completions',
      leaves,
      fields: { messages: [{ role: 'user', content }], ...fields },
    });
  if (kind < 3) return ask({ model: 'far', stream: true, stream_options: { include_usage: true } });
  if (kind < 5) return ask({ model: 'far' });
  if (kind === 5) return ask({ model: 'far', tools });
  if (kind === 6) {
    return askModel({
      server,
      key,
      id,
      seen,
      path: '/v1/embeddings',
      fields: { model: 'far', input: content },
    });
  }
  if (kind === 7) return ask({ model: 'far', stream: true }, true);
  if (kind === 8 && turn % 4 === 0) {
    return ask({
      model: embeddedModel,
      max_tokens: 4,
      stream: turn % 8 === 0,
      stream_options: turn % 8 === 0 ? { include_usage: true } : undefined,
    });
  }
  const answer = await fetch(server.url + reads[(turn + round + worker) % reads.length], {
    headers: { authorization: `Bearer ${server.key}` },
  });
  expect(answer.status).toBe(200);
  await answer.text();
  seen.reads += 1;
}

interface ModelRequest {
  readonly server: ServerProcess;
  readonly key: string;
  readonly id: string;
  readonly seen: SeenTraffic;
  readonly path: string;
  readonly fields: object;
  /** The client goes at the first piece of the answer. */
  readonly leaves?: boolean;
}

async function askModel({
  server,
  key,
  id,
  seen,
  path,
  fields,
  leaves = false,
}: ModelRequest): Promise<void> {
  const abort = new AbortController();
  const answer = await fetch(server.url + path, {
    method: 'POST',
    signal: abort.signal,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-request-id': id },
    body: JSON.stringify(fields),
  });
  if (answer.status === 429) {
    seen.refused.add(id);
    await answer.text();
    return;
  }
  expect(answer.status, id).toBe(200);
  if (leaves) {
    await answer.body?.getReader().read();
    seen.left.add(id);
    abort.abort();
    return;
  }
  seen.answers.set(id, readUsage(await answer.text()));
}

function readUsage(text: string): SeenAnswer {
  const found = [...text.matchAll(/"usage":(\{"prompt_tokens":\d+[^{}]*)/g)].at(-1)?.[1] ?? '';
  const read = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(found)?.[1] ?? 0);
  return { promptTokens: read('prompt_tokens'), completionTokens: read('completion_tokens') };
}
