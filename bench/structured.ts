// npm run bench:structured -- [--rounds 3] [--tokens 96] [--model PATH] [--schemas FILE.jsonl [--every 1]]
//
// Compares free and constrained decoding on the embedded engine in turns: the same prompt, the same number of
// tokens, greedy. A grammar may end early, so times are compared per token, without the first one. With a
// file of schemas (in the format of bench:schemas), every schema, or every Nth one, is decoded once next to a
// free run, and the distribution of their median token times is shown. Prints one JSON object. Quote ratios,
// because the machine is noisy.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EngineClient } from '../src/engine/engine-client.ts';
import { createEngineProcessStarter } from '../src/engine/engine-process-handle.ts';
import { compileOutputFormat } from '../src/grammar/compile-output-format.ts';
import { createRequest } from '../test/create-request.ts';
import { setup } from '../test/pull-test-model.ts';
import { testModelPath } from '../test/test-model.ts';
import { mean, median, percentile, round } from './figures.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    tokens: { type: 'string', default: '96' },
    model: { type: 'string' },
    schemas: { type: 'string' },
    every: { type: 'string', default: '1' },
  },
});

/** Typical requests. */
const schemas: Readonly<Record<string, unknown>> = {
  string: { type: 'string' },
  object: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      age: { type: 'integer', minimum: 0, maximum: 150 },
      city: { type: 'string' },
      role: { enum: ['admin', 'editor', 'guest'] },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 5 },
      bio: { type: 'string' },
    },
    required: ['name', 'age', 'city', 'role', 'tags', 'bio'],
    additionalProperties: false,
  },
  list: {
    type: 'array',
    items: {
      type: 'object',
      properties: { product: { type: 'string' }, count: { type: 'integer' } },
      required: ['product', 'count'],
    },
  },
  json: {},
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
    draftTokensMax: 15,
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
  const { events } = client.generate(
    createRequest(prompt, { id, maxTokens: Number(flags.tokens), grammar }),
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

/** The median token time of each schema relative to its free run. */
async function compareFile(file: string, every: number) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found: { readonly name: string; readonly ratio: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || index % every !== 0) continue;
    const { name, schema } = JSON.parse(line);
    const grammar = tryCompile(schema);
    if (grammar === undefined) continue;
    const within = await decode(grammar, `schema-${index}`);
    const without = await decode(undefined, `free-${index}`);
    if (within.tokenMs.length > 2) {
      found.push({ name, ratio: median(within.tokenMs) / median(without.tokenMs) });
    }
  }
  const ratios = found.map(({ ratio }) => ratio);
  return {
    schemas: found.length,
    medianTokenOverFree: {
      p50: round(median(ratios), 2),
      p95: round(percentile(ratios, 95), 2),
      p99: round(percentile(ratios, 99), 2),
      max: round(Math.max(...ratios), 2),
    },
    slowest: found.sort((one, other) => other.ratio - one.ratio).slice(0, 5),
  };
}

function tryCompile(schema: unknown): string | undefined {
  const format = {
    kind: 'json-schema',
    name: 'bench',
    description: undefined,
    schema,
    strict: true,
  } as const;
  try {
    return compileOutputFormat(format).gbnf;
  } catch {
    return undefined;
  }
}

await setup();
await client.start();
await decode(undefined, 'warm-up');
const figures: Record<string, unknown> = {};
for (const [name, schema] of Object.entries(schemas)) {
  figures[name] = await compare(name, tryCompile(schema) ?? '');
}
if (flags.schemas !== undefined) {
  figures['file'] = await compareFile(flags.schemas, Number(flags.every));
}
await client.close(0);
console.log(JSON.stringify(figures, null, 2));
