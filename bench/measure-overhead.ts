// The same request to servers with and without keys, limits and metering, in turns and in random order.
import http from 'node:http';
import { median, percentile, round } from './figures.ts';
import { benchModel } from './overhead-services.ts';

export interface MeasuredTarget {
  readonly name: string;
  readonly url: string;
  readonly key: string;
}

export interface OverheadRow {
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The median of the differences from the request to the first target in the same turn. */
  readonly addedP50Ms: number;
  /** The difference of the two 99th percentiles. */
  readonly addedP99Ms: number;
  readonly requestsPerSecond: number;
}

export interface OverheadPlan {
  /** Requests to each target, one at a time. */
  readonly turns: number;
  readonly isStreamed: boolean;
  /** Requests at the same time, while their number per second is counted. */
  readonly concurrency: number;
  /** For each target, in slices that take turns. */
  readonly seconds: number;
}

const warmUpTurns = 300;
const slices = 3;

/** The first target is what the others are compared with. */
export async function measureOverhead(
  targets: readonly MeasuredTarget[],
  plan: OverheadPlan,
): Promise<readonly OverheadRow[]> {
  const clients = targets.map((target) => createClient(target, plan));
  const times = targets.map(() => [] as number[]);
  for (let turn = -warmUpTurns; turn < plan.turns; turn++) {
    const order = clients.map((_, index) => index).sort(() => Math.random() - 0.5);
    for (const index of order) {
      const ms = await clients[index]!.ask();
      if (turn >= 0) times[index]!.push(ms);
    }
  }
  const rates = await measureRates(clients, plan);
  for (const client of clients) client.close();
  const base = times[0]!;
  return targets.map(({ name }, index) => {
    const own = times[index]!;
    return {
      name,
      p50Ms: round(median(own), 3),
      p99Ms: round(percentile(own, 99), 3),
      addedP50Ms: round(median(own.map((ms, turn) => ms - base[turn]!)), 3),
      addedP99Ms: round(percentile(own, 99) - percentile(base, 99), 3),
      requestsPerSecond: Math.round(rates[index]!),
    };
  });
}

async function measureRates(clients: readonly Client[], { concurrency, seconds }: OverheadPlan) {
  const counts = clients.map(() => 0);
  for (let slice = 0; slice < slices; slice++) {
    for (const [index, client] of clients.entries()) {
      const untilMs = performance.now() + (seconds * 1000) / slices;
      const askInTurn = async () => {
        while (performance.now() < untilMs) {
          await client.ask();
          counts[index]! += 1;
        }
      };
      await Promise.all(Array.from({ length: concurrency }, askInTurn));
    }
  }
  return counts.map((count) => count / seconds);
}

interface Client {
  /** How long the answer took to its end, in milliseconds. */
  ask(): Promise<number>;
  close(): void;
}

function createClient({ name, url, key }: MeasuredTarget, { isStreamed }: OverheadPlan): Client {
  const agent = new http.Agent({ keepAlive: true });
  const body = JSON.stringify({
    model: benchModel,
    stream: isStreamed,
    messages: [
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content: 'Say something. '.repeat(40) },
    ],
  });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${key}`,
  };
  const target = new URL(`${url}/v1/chat/completions`);
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const startedAtMs = performance.now();
      const outgoing = http.request(target, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => {
          if (response.statusCode === 200) resolve(performance.now() - startedAtMs);
          else reject(new Error(`${name} answered with status ${response.statusCode}.`));
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
