// npm run --silent bench:schemas -- FILE.jsonl [--undeclared-members asked]
//
// How many real-world schemas hold. Each line of the file is {name, schema, tests: [{valid, data}]}. A schema passes
// when it compiles, every valid instance is accepted and every invalid one is refused. An instance is accepted when
// llama.cpp's own grammar takes its text, in both ways of writing that our grammars allow, and the validator agrees;
// `grammarOnly` leaves the validator out. Members that a schema does not declare are let in wherever JSON Schema
// allows them, so that each valid instance counts; `asked` is what the service does. Prints one JSON object.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { OutputFormat } from '../src/backend/output-format.ts';
import { toSpacedJson } from '../src/engine/engine-process/tool-calls/write-calls.ts';
import { compileOutputFormat } from '../src/grammar/compile-output-format.ts';
import { type CompileLimits, compileLimitsDefault } from '../src/grammar/json-schema/compile-run.ts';
import { createSchemaValidator } from '../src/grammar/schema-validator.ts';
import { type GrammarInspector, openGrammarInspector } from '../test/grammar/grammar-inspector.ts';
import { percentile, round } from './figures.ts';

interface SchemaCase {
  readonly name: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly valid: boolean; readonly data: unknown }[];
}

interface Outcome {
  readonly name: string;
  readonly compileMs: number;
  readonly grammarBytes: number;
  readonly isCompiled: boolean;
  /** A valid instance was refused. */
  readonly isRefused: boolean;
  /** An invalid instance was accepted. */
  readonly isOpen: boolean;
  /** The same by the grammar alone. */
  readonly isGrammarRefused: boolean;
  readonly isGrammarOpen: boolean;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'undeclared-members': { type: 'string', default: 'allowed' } },
});
const undeclaredMembers = values['undeclared-members'];
if (undeclaredMembers !== 'allowed' && undeclaredMembers !== 'asked') {
  throw new Error("--undeclared-members is 'allowed' or 'asked'.");
}
const limits: CompileLimits = { ...compileLimitsDefault, undeclaredMembers };
const [file] = positionals;
if (file === undefined) {
  throw new Error('Name a file: npm run --silent bench:schemas -- FILE.jsonl');
}

const cases: SchemaCase[] = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line));

const inspector = openGrammarInspector({ environment: { PATH: '/usr/bin:/bin' }, answerMsMax: 60_000 });
try {
  const outcomes: Outcome[] = [];
  for (const one of cases) outcomes.push(await tryCase(one, inspector));
  process.stdout.write(`${JSON.stringify(summarise(outcomes))}\n`);
} finally {
  await inspector.close();
}

async function tryCase({ name, schema, tests }: SchemaCase, native: GrammarInspector): Promise<Outcome> {
  const startedMs = performance.now();
  let gbnf = '';
  let compileMs = 0;
  try {
    ({ gbnf } = compileOutputFormat(toFormat(schema), limits));
    compileMs = performance.now() - startedMs;
    const validator = createSchemaValidator(schema);
    const texts = tests.flatMap(({ data }) => [JSON.stringify(data), toSpacedJson(data)]);
    const answers = await native.check(gbnf, texts);
    const judged = tests.map(({ valid, data }, index) => {
      const ways = [answers[2 * index] === true, answers[2 * index + 1] === true];
      // A valid instance must be accepted in both ways of writing, an invalid one in neither.
      const isByGrammar = valid ? ways.every(Boolean) : ways.some(Boolean);
      return { valid, isByGrammar, isAccepted: isByGrammar && validator.check(data).length === 0 };
    });
    return {
      name,
      compileMs,
      grammarBytes: gbnf.length,
      isCompiled: true,
      isRefused: judged.some(({ valid, isAccepted }) => valid && !isAccepted),
      isOpen: judged.some(({ valid, isAccepted }) => !valid && isAccepted),
      isGrammarRefused: judged.some(({ valid, isByGrammar }) => valid && !isByGrammar),
      isGrammarOpen: judged.some(({ valid, isByGrammar }) => !valid && isByGrammar),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${name}: ${reason.slice(0, 200)}\n`);
    return {
      name,
      compileMs: performance.now() - startedMs,
      grammarBytes: gbnf.length,
      isCompiled: false,
      isRefused: false,
      isOpen: false,
      isGrammarRefused: false,
      isGrammarOpen: false,
    };
  }
}

function toFormat(schema: unknown): OutputFormat {
  return { kind: 'json-schema', name: 'bench', description: undefined, schema, strict: true };
}

function summarise(outcomes: readonly Outcome[]) {
  const count = (holds: (outcome: Outcome) => boolean) => outcomes.filter(holds).length;
  const isPassing = (outcome: Outcome) => outcome.isCompiled && !outcome.isRefused && !outcome.isOpen;
  const times = outcomes.map(({ compileMs }) => compileMs);
  const sizes = outcomes.filter(({ isCompiled }) => isCompiled).map(({ grammarBytes }) => grammarBytes);
  return {
    undeclaredMembers,
    schemas: outcomes.length,
    passing: count(isPassing),
    compileError: count(({ isCompiled }) => !isCompiled),
    validationError: count(({ isRefused }) => isRefused),
    failOpen: count(({ isOpen }) => isOpen),
    grammarOnly: {
      passing: count((one) => one.isCompiled && !one.isGrammarRefused && !one.isGrammarOpen),
      failOpen: count(({ isGrammarOpen }) => isGrammarOpen),
    },
    compileMs: toDistribution(times, 2),
    grammarBytes: toDistribution(sizes, 0),
    failures: outcomes.filter((one) => !isPassing(one)).map(({ name }) => name),
  };
}

function toDistribution(values: readonly number[], digits: number) {
  return {
    p50: round(percentile(values, 50), digits),
    p95: round(percentile(values, 95), digits),
    max: round(percentile(values, 100), digits),
  };
}
