// The effect of the thread governor: on an idle machine, and next to two programs that never pause.
import { spawn } from 'node:child_process';
import { type ServerProcess, startServerProcess } from '../test/server-process.ts';
import { testModelEntry } from '../test/test-model.ts';
import { streamChat, type Target } from './chat-stream.ts';
import { median, round } from './figures.ts';

/** A user names no number of threads; the tests' own default is taken back. */
export const userThreads = { GRAVIX_THREADS: '' };

const neighbours = 2;
const maxTokens = 96;

export function toTarget({ url, key }: Pick<ServerProcess, 'url' | 'key'>): Target {
  return { name: 'gravix', baseUrl: `${url}/v1`, key, model: testModelEntry().name };
}

/** From a fresh start, how many of the steps had all threads. */
export async function measureQuietThreads(flags: readonly string[], streams: number) {
  const server = await startServerProcess({
    flags: [...flags, '--log-level', 'debug'],
    environment: userThreads,
  });
  try {
    for (let round = 0; round < 6; round++) {
      await Promise.all(Array.from({ length: streams }, (_, index) => ask(server, `${round}-${index}`)));
    }
    return { streams, ...(await readStepCounts(server)) };
  } finally {
    await server.stop();
  }
}

/** The engine reports to its parent a moment after the last stream has ended. */
async function readStepCounts(server: ServerProcess) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const all = [...server.logs().matchAll(/(\d+) steps, (\d+) of them with all threads \((\d+)\)/g)];
  const [, steps = 0, withAllThreads = 0, threads = 0] = (all.at(-1) ?? []).map(Number);
  return { threads, steps, share: round(withAllThreads / steps, 4) };
}

/**
 * Next to two busy programs: Gravix against Gravix with one thread, the best that is possible there, in
 * turns.
 */
export async function measureBusyThreads(flags: readonly string[], rounds: number) {
  const governed = await startServerProcess({ flags, environment: userThreads });
  const single = await startServerProcess({ flags, environment: { GRAVIX_THREADS: '1' } });
  const busy = Array.from({ length: neighbours }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  const servers = [governed, single];
  const turns = servers.map(() => [] as { readonly firstMs: number; readonly totalMs: number }[]);
  try {
    for (let turn = 0; turn < rounds; turn++) {
      for (const at of turn % 2 === 0 ? [0, 1] : [1, 0]) {
        const server = servers[at] ?? governed;
        turns[at]?.push(await ask(server, `${turn}`));
      }
    }
    const [own = [], one = []] = turns;
    return {
      neighbours,
      firstMs: { governed: middle(own, 'firstMs'), oneThread: middle(one, 'firstMs') },
      totalMs: { governed: middle(own, 'totalMs'), oneThread: middle(one, 'totalMs') },
      slowestMs: { governed: slowest(own), oneThread: slowest(one) },
    };
  } finally {
    for (const child of busy) child.kill('SIGKILL');
    await Promise.all(servers.map((server) => server.stop()));
  }
}

let serial = 0;

function ask(server: ServerProcess, name: string) {
  const content = `Continue story ${process.pid}-${serial++}-${name} at great length: ${'The quick brown fox. '.repeat(24)}`;
  return streamChat(toTarget(server), { messages: [{ role: 'user', content }], maxTokens });
}

type Turn = Readonly<Record<'firstMs' | 'totalMs', number>>;

function middle(turns: readonly Turn[], name: keyof Turn): number {
  return round(median(turns.map((turn) => turn[name])));
}

function slowest(turns: readonly Turn[]): number {
  return round(Math.max(...turns.map(({ totalMs }) => totalMs)));
}
