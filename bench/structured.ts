// npm run bench:structured -- [--rounds 3] [--tokens 96] [--model PATH]
//
// Free against constrained decoding on the embedded engine, in turns: the same prompt, the same number of tokens,
// greedy. A grammar ends early where its text is whole, so times are compared for each token, the first left out.
// Prints one JSON object. Quote ratios: the machine is noisy.
import { parseArgs } from 'node:util';
import { EngineClient } from '../src/engine/engine-client.ts';
import { createEngineProcessStarter } from '../src/engine/engine-process-handle.ts';
import { setup } from '../test/pull-test-model.ts';
import { testModelPath } from '../test/test-model.ts';
import { mean, median, percentile, round } from './figures.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    tokens: { type: 'string', default: '96' },
    model: { type: 'string' },
  },
});

const text = String.raw`string ::= "\"" ([^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""
integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
`;

/** What schemas become, by hand. */
const grammars: Readonly<Record<string, string>> = {
  string: `root ::= string\n${text}`,
  object: String.raw`root ::= "{\"name\": " string ", \"age\": " integer ", \"city\": " string ", \"role\": " role ", \"tags\": " tags ", \"bio\": " string "}"
role ::= "\"admin\"" | "\"editor\"" | "\"guest\""
tags ::= "[" (string (", " string){0,4})? "]"
${text}`,
  array: String.raw`root ::= "[" item (", " item)* "]"
item ::= "{\"product\": " string ", \"count\": " integer "}"
${text}`,
  json: String.raw`root ::= object
value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" space (string ":" space value ("," space string ":" space value)*)? space "}"
array ::= "[" space (value ("," space value)*)? space "]"
number ::= integer ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
space ::= | " " | "\n" [ \t]{0,20}
${text}`,
};

const prompt =
  'Write a long JSON object that describes a person: name, age, city, role, tags, and a bio of five sentences.';

interface Run {
  /** From one token to the next. */
  readonly tokenMs: readonly number[];
  readonly tokens: number;
}

const client = new EngineClient({
  options: {
    modelPath: flags.model ?? testModelPath(),
    slots: 1,
    contextLength: 2048,
    threads: undefined,
    flashAttention: true,
    batchTokensMax: 512,
    stepMsTarget: 200,
  },
  limits: {
    queueLengthMax: 1,
    queueWaitMsMax: 60_000,
    restartDelayMsMin: 100,
    restartDelayMsMax: 1000,
    loadMsMax: 600_000,
  },
  version: 'bench',
  startProcess: createEngineProcessStarter(process.env),
  log: () => undefined,
});

async function decode(grammar: string | undefined, id: string): Promise<Run> {
  const tokenMs: number[] = [];
  let lastMs: number | undefined;
  let tokens = 0;
  const events = client.generate(
    {
      id,
      messages: [{ role: 'user', text: prompt }],
      sampling: { temperature: 0, topP: 1, seed: 1 },
      maxTokens: Number(flags.tokens),
      stop: [],
      outputFormat: undefined,
      grammar,
    },
    AbortSignal.timeout(600_000),
  );
  for await (const event of events) {
    if (event.type === 'text-delta') {
      const nowMs = performance.now();
      if (lastMs !== undefined) {
        tokenMs.push(nowMs - lastMs);
      }
      lastMs = nowMs;
    } else if (event.type === 'finish') {
      tokens = event.usage.completionTokens;
    }
  }
  return { tokenMs, tokens };
}

async function compare(name: string, grammar: string) {
  const ratios: number[] = [];
  const free: number[] = [];
  const constrained: number[] = [];
  let tokens = 0;
  for (let turn = 0; turn < Number(flags.rounds); turn++) {
    const without = await decode(undefined, `${name}-free-${turn}`);
    const within = await decode(grammar, `${name}-grammar-${turn}`);
    // The same number of tokens, from the same place.
    const freeMs = without.tokenMs.slice(0, within.tokenMs.length);
    ratios.push(mean(freeMs) / mean(within.tokenMs));
    free.push(...freeMs);
    constrained.push(...within.tokenMs);
    tokens = within.tokens;
  }
  const usualMs = median(free);
  return {
    tokens,
    speedRatio: round(median(ratios), 3),
    freeTokenMs: round(usualMs, 2),
    tokenTimeOverFree: {
      p50: round(median(constrained) / usualMs, 2),
      p95: round(percentile(constrained, 95) / usualMs, 2),
      max: round(Math.max(...constrained) / usualMs, 2),
    },
  };
}

await setup();
await client.start();
await decode(undefined, 'warm-up');
const figures: Record<string, unknown> = {};
for (const [name, grammar] of Object.entries(grammars)) {
  figures[name] = await compare(name, grammar);
}
await client.close(0);
console.log(JSON.stringify(figures, null, 2));
