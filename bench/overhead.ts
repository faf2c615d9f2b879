// npm run bench:overhead -- [--parts plain,stream,flood] [--databases sqlite,postgres] [--turns 1500] [--rounds 8]
// [--per-second 2000] [--durable] [--profile DIR] [--json]
//
// The cost of keys, limits, budgets and the ledger. `plain` and `stream` send the same request to servers with and without
// them, in turns and in random order: real HTTP servers over a scripted backend, on SQLite and, where it is installed, on a
// private Postgres on the same machine (with `--durable` it waits for the disk with each commit). `off` and `off again` are the
// same, which shows the noise. Keys with limits have all limits and budgets, their project as well, and a day of traffic
// behind them. `flood` sends requests that are refused to a server with the real model, and as many to /health, while it
// generates one answer. Quote the figures together with the load.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { createCluster, findPostgresPrograms } from '../test/postgres-cluster.ts';
import { setup } from '../test/pull-test-model.ts';
import { round } from './figures.ts';
import { measureFlood } from './measure-flood.ts';
import { type MeasuredTarget, measureOverhead } from './measure-overhead.ts';
import type { MeasuredServer } from './overhead-services.ts';
import { startOverheadServer } from './start-overhead-server.ts';

const { values: flags } = parseArgs({
  options: {
    parts: { type: 'string', default: 'plain,stream,flood' },
    databases: { type: 'string', default: 'sqlite,postgres' },
    turns: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '8' },
    'per-second': { type: 'string', default: '2000' },
    profile: { type: 'string' },
    durable: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** Tokens of the answer that is generated while a flood runs. */
const floodedTokens = 128;
const concurrency = 32;
const secondsForRates = 2;

const parts = flags.parts.split(',');
const databases = flags.databases.split(',');

async function measureRequests() {
  const programs = databases.includes('postgres') ? findPostgresPrograms() : undefined;
  const postgres = programs === undefined ? undefined : createCluster(programs, { isDurable: flags.durable });
  const servers: MeasuredServer[] = [];
  const start = async (...options: Parameters<typeof startOverheadServer>) => {
    const server = await startOverheadServer(...options);
    servers.push(server);
    return server;
  };
  try {
    await postgres?.start();
    const off = await start('off', undefined);
    const offAgain = await start('off', undefined);
    const on: MeasuredTarget[] = [];
    if (databases.includes('sqlite'))
      on.push(...toTargets('SQLite', await start('on', undefined, flags.profile)));
    if (postgres !== undefined) {
      on.push(...toTargets('Postgres', await start('on', await postgres.createDatabase(), flags.profile)));
    }
    const targets = [
      { name: 'off', url: off.url, key: off.keys.plain },
      { name: 'off again', url: offAgain.url, key: offAgain.keys.plain },
      ...on,
    ];
    const measure = (isStreamed: boolean) =>
      measureOverhead(targets, {
        turns: Number(flags.turns),
        isStreamed,
        concurrency,
        seconds: secondsForRates,
      });
    return {
      ...(parts.includes('plain') ? { plain: await measure(false) } : {}),
      ...(parts.includes('stream') ? { stream: await measure(true) } : {}),
    };
  } finally {
    for (const server of servers) await server.close();
    await postgres?.close();
  }
}

function toTargets(name: string, { url, keys }: MeasuredServer): readonly MeasuredTarget[] {
  return [
    { name: `${name}, key without limits`, url, key: keys.plain },
    { name: `${name}, key and project with limits`, url, key: keys.limited },
  ];
}

async function measureRefusals() {
  await setup();
  const perSecond = Number(flags['per-second']);
  return { flood: await measureFlood({ perSecond, rounds: Number(flags.rounds), tokens: floodedTokens }) };
}

const before = round(loadavg()[0] ?? 0, 2);
const isRequesting = parts.includes('plain') || parts.includes('stream');
const measured = {
  ...(isRequesting ? await measureRequests() : {}),
  ...(parts.includes('flood') ? await measureRefusals() : {}),
};
const load = { before, after: round(loadavg()[0] ?? 0, 2) };
if (flags.json) {
  console.log(JSON.stringify({ ...measured, load }, null, 2));
} else {
  for (const [part, rows] of Object.entries(measured)) {
    console.log(part);
    console.table(rows);
  }
  console.log({ load });
}
