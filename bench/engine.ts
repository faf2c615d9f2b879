// npm run bench:engine -- [--llama-server PATH] [--rounds 3] [--streams 1,4,8] [--parts speed,threads,own]
// [--json]
//
// Compares this service with llama.cpp's server on the same GGUF in turns, and measures the guarantees of the
// engine with a user's settings. Without --llama-server it prints only the figures of Gravix. Quote ratios,
// and check the load that is printed with them, because the machine is noisy.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { setup } from '../test/pull-test-model.ts';
import { startServerProcess } from '../test/server-process.ts';
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
import { startReference } from './start-reference.ts';

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
/** Speeds are compared without drafts, which the reference does not make either: `bench:speculation` measures them. */
const plainFlags = [...speedFlags, '--draft-tokens-max', '0'];
/** With the default context: a prompt of 4,000 tokens is among what is measured. */
const ownSlots = 5;

async function compare(): Promise<SpeedRow[]> {
  const server = await startServerProcess({ flags: plainFlags, environment: userThreads });
  const reference =
    flags['llama-server'] === undefined
      ? undefined
      : await startReference(flags['llama-server'], { slots, contextLength });
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

await setup();
const parts = flags.parts.split(',');
const settings = `a user's: ${speedFlags.join(' ')}, for speed without drafts; llama-server with the same and two threads`;
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
