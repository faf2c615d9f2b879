// npm run bench:engine -- [--llama-server PATH] [--rounds 3] [--streams 1,4,8] [--json]
//
// Compares this service with llama.cpp's own server on the same GGUF, taking turns, and measures what the engine
// promises of itself. Without --llama-server only its own figures are printed. Quote ratios: the machine is noisy.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { setup } from '../test/pull-test-model.ts';
import { startServerProcess } from '../test/server-process.ts';
import { testModelEntry, testModelPath } from '../test/test-model.ts';
import type { Target } from './chat-stream.ts';
import { compareSpeed, type SpeedRow } from './compare-speed.ts';
import {
  measureAnonymousMemory,
  measureGaps,
  measureHealth,
  measureLeaving,
  measureSecondTurn,
} from './measure-own.ts';

const { values: flags } = parseArgs({
  options: {
    'llama-server': { type: 'string' },
    rounds: { type: 'string', default: '3' },
    streams: { type: 'string', default: '1,4,8' },
    tokens: { type: 'string', default: '96' },
    json: { type: 'boolean', default: false },
  },
});

/** As the reference is started: eight sequences of 1,024 tokens, two threads. */
const speedFlags = ['--slots', '8', '--context-length', '1024', '--threads', '2'];
const ownSlots = 5;

async function compare(): Promise<SpeedRow[]> {
  const server = await startServerProcess({ flags: speedFlags });
  const reference =
    flags['llama-server'] === undefined ? undefined : await startReference(flags['llama-server']);
  try {
    return await compareSpeed({
      ours: toTarget(server.url, server.key),
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
  const server = await startServerProcess({ flags: ['--slots', String(ownSlots), '--threads', '2'] });
  try {
    const target = toTarget(server.url, server.key);
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

function toTarget(url: string, key: string): Target {
  return { name: 'gravix', baseUrl: `${url}/v1`, key, model: testModelEntry().name };
}

async function startReference(path: string): Promise<{ target: Target; stop(): void }> {
  const port = 20_000 + (process.pid % 10_000);
  const child = spawn(
    path,
    ['-m', testModelPath(), '-np', '8', '-t', '2', '-c', '8192', '--port', String(port)],
    {
      stdio: 'ignore',
    },
  );
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
const settings = 'flash attention on; prefill pieces follow the measured cost, --step-ms-target 200';
const figures = { settings, speed: await compare(), own: await measureOwn() };
if (flags.json) {
  console.log(JSON.stringify(figures, null, 2));
} else {
  console.log(settings);
  console.table(
    figures.speed.map(({ streams, tokensPerSecond, firstTokenMs, speedRatio, firstTokenRatio }) => ({
      streams,
      ...Object.fromEntries(Object.entries(tokensPerSecond).map(([name, value]) => [`${name} tok/s`, value])),
      ...Object.fromEntries(Object.entries(firstTokenMs).map(([name, value]) => [`${name} first ms`, value])),
      speedRatio,
      firstTokenRatio,
    })),
  );
  console.log(figures.own);
}
