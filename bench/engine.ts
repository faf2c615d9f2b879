// npm run bench:engine -- [--llama-server PATH] [--rounds 3] [--streams 1,4,8] [--parts speed,threads,own] [--json]
//
// Compares this service with llama.cpp's own server on the same GGUF, taking turns, and measures what the engine
// promises of itself, with the settings that a user gets. Without --llama-server only its own figures are printed. Quote
// ratios, and look at the load that is printed with them: the machine is noisy.
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { setup } from '../test/pull-test-model.ts';
import { startServerProcess } from '../test/server-process.ts';
import { testModelPath } from '../test/test-model.ts';
import type { Target } from './chat-stream.ts';
import { compareSpeed, type SpeedRow } from './compare-speed.ts';
import { round } from './figures.ts';
import {
  measureAnonymousMemory,
  measureGaps,
  measureHealth,
  measureLeaving,
  measureSecondTurn,
} from './measure-own.ts';
import { measureBusyThreads, measureQuietThreads, toTarget, userThreads } from './measure-threads.ts';

const { values: flags } = parseArgs({
  options: {
    'llama-server': { type: 'string' },
    rounds: { type: 'string', default: '3' },
    streams: { type: 'string', default: '1,4,8' },
    tokens: { type: 'string', default: '96' },
    parts: { type: 'string', default: 'speed,threads,own' },
    json: { type: 'boolean', default: false },
  },
});

/** As the reference is started, and no number of threads, for a user names none. */
const slots = 8;
const contextLength = 2048;
const speedFlags = ['--slots', String(slots), '--context-length', String(contextLength)];
const referenceFlags = ['-np', String(slots), '-t', '2', '-c', String(slots * contextLength)];
/** With the default context: a prompt of 4,000 tokens is among what is measured. */
const ownSlots = 5;

async function compare(): Promise<SpeedRow[]> {
  const server = await startServerProcess({ flags: speedFlags, environment: userThreads });
  const reference =
    flags['llama-server'] === undefined ? undefined : await startReference(flags['llama-server']);
  try {
    return await compareSpeed({
      ours: toTarget(server),
      theirs: reference?.target,
      streams: flags.streams.split(',').map(Number),
      rounds: Number(flags.rounds),
      maxTokens: Number(flags.tokens),
    });
  } finally {
    reference?.stop();
    await server.stop();
  }
}

async function measureOwn() {
  const server = await startServerProcess({
    flags: ['--slots', String(ownSlots)],
    environment: userThreads,
  });
  try {
    const target = toTarget(server);
    return {
      parentRssAnonMb: measureAnonymousMemory(server.pid),
      secondTurn: await measureSecondTurn(target),
      leaving: await measureLeaving(target, ownSlots),
      health: await measureHealth(target, ownSlots),
      gaps: await measureGaps(target, 4000),
    };
  } finally {
    await server.stop();
  }
}

async function measureThreads() {
  const quiet = [];
  for (const streams of [1, 8]) quiet.push(await measureQuietThreads(speedFlags, streams));
  return { quiet, busy: await measureBusyThreads(speedFlags, Number(flags.rounds) + 2) };
}

async function startReference(path: string): Promise<{ target: Target; stop(): void }> {
  const port = 20_000 + (process.pid % 10_000);
  const child = spawn(path, ['-m', testModelPath(), ...referenceFlags, '--port', String(port)], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 120; attempt++) {
    const isUp = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) {
      const target = { name: 'llama-server', baseUrl: `${url}/v1`, key: 'none', model: 'default' };
      return { target, stop: () => child.kill() };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  child.kill();
  throw new Error(`llama-server did not come up within a minute: ${path}`);
}

await setup();
const parts = flags.parts.split(',');
const settings = `a user's: ${speedFlags.join(' ')}; llama-server ${referenceFlags.join(' ')}`;
const loadBefore = round(loadavg()[0] ?? 0, 2);
const speed = parts.includes('speed') ? await compare() : [];
const threads = parts.includes('threads') ? await measureThreads() : undefined;
const own = parts.includes('own') ? await measureOwn() : undefined;
const load = { before: loadBefore, after: round(loadavg()[0] ?? 0, 2) };
if (flags.json) {
  console.log(JSON.stringify({ settings, load, speed, threads, own }, null, 2));
} else {
  console.log(settings, load);
  console.table(
    speed.map(({ streams, tokensPerSecond, firstTokenMs, speedRatio, firstTokenRatio }) => ({
      streams,
      ...Object.fromEntries(Object.entries(tokensPerSecond).map(([name, value]) => [`${name} tok/s`, value])),
      ...Object.fromEntries(Object.entries(firstTokenMs).map(([name, value]) => [`${name} first ms`, value])),
      speedRatio,
      firstTokenRatio,
    })),
  );
  console.dir({ threads, own }, { depth: null });
}
