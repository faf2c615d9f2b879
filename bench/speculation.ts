// npm run bench:speculation -- [--llama-server PATH] [--rounds 3] [--only NAME] [--json]
//
// What drafts from the prompt bring where an answer repeats it, and that they cost nothing elsewhere: this service as a
// user gets it, the same without drafts, and llama.cpp's own server, taking turns. Quote ratios: the machine is noisy.
import { parseArgs } from 'node:util';
import { setup } from '../test/pull-test-model.ts';
import { startServerProcess } from '../test/server-process.ts';
import { testModelEntry } from '../test/test-model.ts';
import { type StreamTimes, streamChat, type Target } from './chat-stream.ts';
import { mean, median, round } from './figures.ts';
import { type Workload, workloads } from './speculation-workloads.ts';
import { startReference } from './start-reference.ts';

const { values: flags } = parseArgs({
  options: {
    'llama-server': { type: 'string' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

const sizes = { slots: 8, contextLength: 2048 };
const sizeFlags = [
  '--slots',
  String(sizes.slots),
  '--context-length',
  String(sizes.contextLength),
  '--threads',
  '2',
];

interface Round {
  /** Of all streams together, from the request to the end of the answer. */
  readonly tokensPerSecond: number;
  /** The same, from the first text on. */
  readonly decodedPerSecond: number;
  readonly answers: readonly StreamTimes[];
}

async function runRound(target: Target, { streams, request }: Workload, serial: number): Promise<Round> {
  const startedAtMs = performance.now();
  const answers = await Promise.all(
    Array.from({ length: streams }, (_, index) => streamChat(target, request(`${serial}-${index}`))),
  );
  const elapsedMs = performance.now() - startedAtMs;
  const tokens = answers.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  const firstMs = Math.max(...answers.map((answer) => answer.firstMs));
  return {
    tokensPerSecond: (tokens / elapsedMs) * 1000,
    decodedPerSecond: ((tokens - streams) / (elapsedMs - firstMs)) * 1000,
    answers,
  };
}

async function compare(workload: Workload, targets: readonly Target[]) {
  const rounds = new Map<Target, Round[]>(targets.map((target) => [target, []]));
  for (let turn = 0; turn < Number(flags.rounds); turn++) {
    for (const target of turn % 2 === 0 ? targets : [...targets].reverse()) {
      rounds.get(target)?.push(await runRound(target, workload, turn));
    }
  }
  const [own = [], ...others] = targets.map((target) => rounds.get(target) ?? []);
  const ratios = (value: (one: Round) => number) =>
    others.map((other) => round(median(own.map((one, index) => value(one) / value(other[index] ?? one))), 2));
  const [speedToPlain, speedToTheirs] = ratios((one) => one.tokensPerSecond);
  const [decodeToPlain, decodeToTheirs] = ratios((one) => one.decodedPerSecond);
  const answers = own.flatMap((one) => one.answers);
  return {
    workload: workload.name,
    tokens: round(mean(answers.map(({ completionTokens }) => completionTokens))),
    accepted: round(mean(answers.map(({ acceptedTokens }) => acceptedTokens))),
    rejected: round(mean(answers.map(({ rejectedTokens }) => rejectedTokens))),
    speedToPlain,
    decodeToPlain,
    speedToTheirs,
    decodeToTheirs,
    isSameText: own.every(({ answers: [one] }, index) => one?.text === others[0]?.[index]?.answers[0]?.text),
  };
}

async function startOwn(name: string, more: readonly string[]) {
  const server = await startServerProcess({ flags: [...sizeFlags, ...more] });
  const target: Target = { name, baseUrl: `${server.url}/v1`, key: server.key, model: testModelEntry().name };
  return { target, stop: () => server.stop() };
}

await setup();
const path = flags['llama-server'];
const servers = [
  await startOwn('gravix', []),
  await startOwn('gravix without drafts', ['--draft-tokens-max', '0']),
];
const reference = path === undefined ? undefined : await startReference(path, sizes);
try {
  const targets = [...servers.map(({ target }) => target), ...(reference ? [reference.target] : [])];
  const rows = [];
  for (const workload of workloads.filter(({ name }) => name.includes(flags.only))) {
    const row = await compare(workload, targets);
    rows.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
  }
  if (flags.json) console.log(JSON.stringify(rows, null, 2));
  else console.table(rows);
} finally {
  reference?.stop();
  for (const server of servers) await server.stop();
}
