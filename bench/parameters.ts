// npm run bench:parameters -- [--against DIR] [--streams 1] [--cases NAMES] [--rounds 5] [--tokens 96]
// [--threads 2]
//
// The cost of parameters: the decoding speed with each parameter relative to a plain request to the same
// server, in turns, so that the load of the machine affects both. `plain` is compared with itself, which
// shows the noise, and with the build of another checkout (`--against`, with its dist/), which shows the cost
// of later additions for a request that uses none of them. Calls are compared with free text after the same
// prompt. `--streams 1,4` measures with that many streams at the same time, one after the other;
// `--cases plain,plainAgain` measures only these. Prints one JSON object. Quote ratios together with the
// quartiles of `plainAgain`, because the machine is noisy.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { setup } from '../test/pull-test-model.ts';
import { type ServerProcess, startServerProcess } from '../test/server-process.ts';
import { soakTools } from '../test/soak/soak-tools.ts';
import { testModelEntry } from '../test/test-model.ts';
import { streamChat, type Target } from './chat-stream.ts';
import { mean, median, percentile, round } from './figures.ts';

const { values: flags } = parseArgs({
  options: {
    against: { type: 'string' },
    streams: { type: 'string', default: '1' },
    cases: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    tokens: { type: 'string', default: '96' },
    threads: { type: 'string', default: '2' },
  },
});

const slots = 4;

const serverFlags = ['--slots', String(slots), '--context-length', '4096', '--threads', flags.threads];

const tools = soakTools.map(({ name, description, parameters }) => ({
  type: 'function',
  function: { name, description, parameters },
}));

const named = (name: string) => ({ type: 'function', function: { name } });

/** A way to ask, and the one that it is compared with. */
interface Case {
  readonly name: string;
  readonly fields: object;
  readonly over: 'plain' | 'plainWithTools' | undefined;
  readonly isElsewhere?: true;
}

const sampling = { temperature: 0.8, seed: 1 };

const allCases: readonly Case[] = [
  { name: 'plain', fields: sampling, over: undefined },
  { name: 'plainAgain', fields: sampling, over: 'plain' },
  ...(flags.against === undefined
    ? []
    : [{ name: 'plainElsewhere', fields: sampling, over: 'plain', isElsewhere: true } as const]),
  { name: 'logprobs', fields: { ...sampling, logprobs: true }, over: 'plain' },
  { name: 'topLogprobs5', fields: { ...sampling, logprobs: true, top_logprobs: 5 }, over: 'plain' },
  {
    name: 'penalties',
    fields: { ...sampling, frequency_penalty: 0.5, presence_penalty: 0.5, repetition_penalty: 1.1 },
    over: 'plain',
  },
  { name: 'topP', fields: { ...sampling, top_p: 0.9 }, over: 'plain' },
  { name: 'minP', fields: { ...sampling, min_p: 0.05 }, over: 'plain' },
  { name: 'topK', fields: { ...sampling, top_k: 40 }, over: 'plain' },
  { name: 'plainWithTools', fields: { ...sampling, tools, tool_choice: 'none' }, over: undefined },
  { name: 'requiredCalls', fields: { ...sampling, tools, tool_choice: 'required' }, over: 'plainWithTools' },
  {
    name: 'namedCall',
    fields: { ...sampling, tools, tool_choice: named('update_order') },
    over: 'plainWithTools',
  },
];

const cases = chooseCases(flags.cases);
const streamCounts = flags.streams.split(',').map(toStreamCount);

/** All of them, or those whose names are listed; what they are compared with is measured, too. */
function chooseCases(names: string | undefined): readonly Case[] {
  if (names === undefined) return allCases;
  const listed = names.split(',').map((name) => {
    const found = allCases.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new Error(`No case is called ${name}; there are ${allCases.map((one) => one.name).join(', ')}.`);
  });
  return allCases.filter((one) => listed.some(({ name, over }) => name === one.name || over === one.name));
}

function toStreamCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= slots) return count;
  throw new Error(`--streams takes numbers from 1 to ${slots}, separated by commas, not '${text}'.`);
}

interface Turn {
  /** From the first chunk to the finish reason, for each token of a stream; the prompt is in the cache. */
  readonly tokenMs: number;
  readonly tokens: number;
}

const question = 'Write a very long story about the sea, the ships on it and the people who sail them.';

async function ask(target: Target, { fields }: Case, streams: number): Promise<Turn> {
  const stream = (maxTokens: number) =>
    Promise.all(
      Array.from({ length: streams }, () =>
        streamChat(target, { messages: [{ role: 'user', content: question }], maxTokens, fields }),
      ),
    );
  // Other cases may have taken the slot that knew this prompt: one token brings it back, so that decoding is measured.
  await stream(1);
  const made = await stream(Number(flags.tokens));
  return {
    tokenMs: mean(made.map(({ servedMs, completionTokens }) => servedMs / completionTokens)),
    tokens: mean(made.map(({ completionTokens }) => completionTokens)),
  };
}

async function measure(here: Target, elsewhere: Target | undefined, streams: number) {
  const turns = new Map(cases.map(({ name }) => [name, [] as Turn[]]));
  for (let turn = -1; turn < Number(flags.rounds); turn++) {
    for (const one of turn % 2 === 0 ? cases : [...cases].reverse()) {
      const measured = await ask(one.isElsewhere ? (elsewhere ?? here) : here, one, streams);
      // The first round compiles the tools and warms the machine up.
      if (turn >= 0) turns.get(one.name)?.push(measured);
    }
  }
  return Object.fromEntries(
    cases.map(({ name, over }) => [name, toFigures(turns.get(name) ?? [], over && turns.get(over))]),
  );
}

function toFigures(own: readonly Turn[], others: readonly Turn[] | undefined) {
  const ratios = own.map(({ tokenMs }, index) => (others?.[index]?.tokenMs ?? Number.NaN) / tokenMs);
  return {
    tokenMs: round(median(own.map(({ tokenMs }) => tokenMs)), 2),
    tokens: median(own.map(({ tokens }) => tokens)),
    ...(others === undefined
      ? {}
      : {
          speedRatio: round(median(ratios), 3),
          speedRatioQuartiles: [25, 75].map((share) => round(percentile(ratios, share), 3)),
          speedRatioMin: round(Math.min(...ratios), 3),
          speedRatioMax: round(Math.max(...ratios), 3),
        }),
  };
}

function toTarget(name: string, { url, key }: ServerProcess): Target {
  return { name, baseUrl: `${url}/v1`, key, model: testModelEntry().name };
}

await setup();
const loadBefore = loadavg();
const here = await startServerProcess({ flags: serverFlags });
const elsewhere =
  flags.against === undefined
    ? undefined
    : await startServerProcess({ flags: serverFlags, checkout: flags.against });
try {
  const figures = [];
  for (const streams of streamCounts) {
    const target = elsewhere && toTarget('elsewhere', elsewhere);
    figures.push({ streams, cases: await measure(toTarget('here', here), target, streams) });
  }
  const load = { before: loadBefore[0], after: loadavg()[0] };
  console.log(JSON.stringify({ rounds: Number(flags.rounds), load, figures }, null, 2));
} finally {
  await here.stop();
  await elsewhere?.stop();
}
