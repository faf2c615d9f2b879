// The speed of one running answer while the server refuses thousands of requests a second, in turns with as many requests to
// /health and with none. The real engine and the real server, with a user's settings.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerProcess, startServerProcess } from '../test/server-process.ts';
import { testModelEntry } from '../test/test-model.ts';
import { streamChat, type Target } from './chat-stream.ts';
import { median, percentile, round } from './figures.ts';
import type { Flood, FloodOutcome } from './flood.ts';
import { toTarget, userThreads } from './measure-threads.ts';

export interface FloodPlan {
  readonly perSecond: number;
  readonly rounds: number;
  /** Of each answer. */
  readonly tokens: number;
}

export interface FloodRow {
  readonly flood: string;
  readonly tokensPerSecond: number;
  /** Median and quartiles of the speed divided by the speed under the flood of /health in the same round. */
  readonly speedRatio: number | undefined;
  readonly speedRatioQuartiles: readonly number[];
  readonly requestsPerSecond: number;
  readonly statuses: string;
}

interface FloodKind {
  readonly name: string;
  /** Undefined: nothing is sent. */
  readonly request: string | undefined;
  readonly status: string;
}

interface Turn {
  readonly tokensPerSecond: number;
  readonly outcome: FloodOutcome | undefined;
}

/** The flood begins this long before the answer, so that what it finds cold is warm. */
const leadMs = 300;

export async function measureFlood(plan: FloodPlan): Promise<readonly FloodRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gravix-flood-'));
  const server = await startServerProcess({
    flags: ['--slots', '1', '--context-length', '2048', '--draft-tokens-max', '0'],
    environment: userThreads,
    // A reader in this process would take the processor time that is measured.
    logPath: join(folder, 'log'),
  });
  const sender = fork(`${import.meta.dirname}/flood.ts`, { execArgv: ['--import', 'tsx'] });
  try {
    const kinds = await listKinds(server);
    const turns = kinds.map(() => [] as Turn[]);
    const flood = async (kind: FloodKind): Promise<Turn> => {
      if (kind.request !== undefined) {
        const message: Flood = { port: server.port, request: kind.request, perSecond: plan.perSecond };
        sender.send(message);
      }
      await sleep(leadMs);
      const tokensPerSecond = await measureAnswer(toTarget(server), plan.tokens);
      if (kind.request === undefined) return { tokensPerSecond, outcome: undefined };
      const answered = once(sender, 'message') as Promise<[FloodOutcome]>;
      sender.send('stop');
      const [outcome] = await answered;
      return { tokensPerSecond, outcome };
    };
    for (let turn = -1; turn < plan.rounds; turn++) {
      const order = kinds.map((_, index) => index);
      for (const index of turn % 2 === 0 ? order : order.reverse()) {
        const measured = await flood(kinds[index]!);
        if (turn >= 0) turns[index]!.push(measured);
      }
    }
    return kinds.map((kind, index) => toRow(kind, turns[index]!, turns[1]!));
  } finally {
    sender.kill();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAnswer(target: Target, maxTokens: number): Promise<number> {
  const messages = [{ role: 'user', content: 'Write a very long story about the sea.' }];
  const { completionTokens, servedMs } = await streamChat(target, { messages, maxTokens });
  return (completionTokens * 1000) / servedMs;
}

/** `/health` is the second: the others are compared with it. */
async function listKinds(server: ServerProcess): Promise<readonly FloodKind[]> {
  const limited = await createUsedUpKey(server);
  // It has the form of a key and a wrong check.
  const made = `${limited.slice(0, -4)}AAAA`;
  return [
    { name: 'nothing', request: undefined, status: '' },
    { name: '/health', request: toRequest(server, 'GET', '/health'), status: '200' },
    { name: '/health again', request: toRequest(server, 'GET', '/health'), status: '200' },
    { name: 'an invalid key', request: toChatRequest(server, 'none'), status: '401' },
    { name: 'a made-up key', request: toChatRequest(server, made), status: '401' },
    { name: 'a key at its limit', request: toChatRequest(server, limited), status: '429' },
  ];
}

const asked = {
  model: testModelEntry().name,
  max_tokens: 1,
  messages: [{ role: 'user', content: 'Hello' }],
};
const body = JSON.stringify(asked);

function toChatRequest(server: ServerProcess, key: string): string {
  return toRequest(server, 'POST', '/v1/chat/completions', key);
}

function toRequest({ port }: ServerProcess, method: 'GET' | 'POST', path: string, key?: string): string {
  const lines = [`${method} ${path} HTTP/1.1`, `host: 127.0.0.1:${port}`];
  if (key !== undefined) lines.push(`authorization: Bearer ${key}`);
  if (method === 'GET') return `${[...lines, '', ''].join('\r\n')}`;
  lines.push('content-type: application/json', `content-length: ${body.length}`);
  return [...lines, '', body].join('\r\n');
}

/** One request a day, which is made here. */
async function createUsedUpKey({ url, key }: ServerProcess): Promise<string> {
  const post = (path: string, bearer: string, fields: object) =>
    fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
  const made = await post('admin/keys', key, { name: 'flood', limits: { requests_per_day: 1 } });
  const { key: limited } = (await made.json()) as { key: string };
  const answer = await post('chat/completions', limited, asked);
  if (!answer.ok) throw new Error(`The key was not used up: ${answer.status} ${await answer.text()}`);
  return limited;
}

function toRow({ name, status }: FloodKind, turns: readonly Turn[], base: readonly Turn[]): FloodRow {
  const ratios = turns.map(({ tokensPerSecond }, turn) => tokensPerSecond / base[turn]!.tokensPerSecond);
  const statuses = new Set(turns.flatMap(({ outcome }) => Object.keys(outcome?.statuses ?? {})));
  if ([...statuses].some((each) => each !== status)) {
    throw new Error(`The flood of ${name} was answered with ${[...statuses].join(', ')}.`);
  }
  return {
    flood: name,
    tokensPerSecond: round(median(turns.map((turn) => turn.tokensPerSecond)), 1),
    speedRatio: round(median(ratios), 3),
    speedRatioQuartiles: [25, 75].map((share) => round(percentile(ratios, share), 3)),
    requestsPerSecond: Math.round(median(turns.map(({ outcome }) => outcome?.perSecond ?? 0))),
    statuses: [...statuses].join(', '),
  };
}
