// `npm run check:upstreams -- --llama-server URL --vllm URL --gravix URL`: asks real servers, directly and through a built
// server of ours in front of them, and compares the answers: status, form of errors, text, calls, finish, counts of tokens, and
// the order of events. A difference has to be in the preset's table of docs/guides/upstreams.md. URLs are without `/v1`.
// `--key KEY` is the key of the second Gravix, `--model NAME` a model of all servers; without it, the first that a server
// lists. `--only TEXT` asks only what has this text in its name, or one of the texts if it is given several times. `--at-once N` asks
// for N comparisons at the same time.
import { parseArgs } from 'node:util';
import { type Comparison, compareUpstream } from '../test/compared-upstreams/compare-upstream.ts';
import type { ComparedKind } from '../test/compared-upstreams/compared-case.ts';
import { comparedCases } from '../test/compared-upstreams/compared-cases.ts';
import { setup as pullTestModel } from '../test/pull-test-model.ts';
import { toMarkdownTable } from './markdown-table.ts';

const kinds: readonly ComparedKind[] = ['llama-server', 'vllm', 'gravix'];
const results: readonly Comparison['result'][] = ['same', 'known', 'unsteady', 'differs', 'failed'];

const { values } = parseArgs({
  options: {
    'llama-server': { type: 'string' },
    vllm: { type: 'string' },
    gravix: { type: 'string' },
    key: { type: 'string' },
    model: { type: 'string' },
    only: { type: 'string', multiple: true, default: [''] },
    'at-once': { type: 'string', default: '1' },
  },
});
await pullTestModel();
const cases = comparedCases.filter(({ name }) => values.only.some((text) => name.includes(text)));
if (cases.length === 0) throw new Error('No case has a name with this text.');
const atOnce = Number(values['at-once']);
if (!(atOnce >= 1)) throw new Error('--at-once needs a number from 1.');
const summaries: string[] = [];
let faults = 0;
for (const kind of kinds) {
  const url = values[kind];
  if (url === undefined) {
    summaries.push(`SKIPPED: ${kind}, because --${kind} URL is not given.`);
    continue;
  }
  const startedAtMs = performance.now();
  const comparisons = await compare(kind, url);
  const count = (result: Comparison['result']) =>
    comparisons.filter((comparison) => comparison.result === result).length;
  faults += count('differs') + count('failed');
  console.log(`\n${toTable(comparisons)}`);
  const counts = results.map((result) => `${count(result)} ${result}`).join(', ');
  const minutes = ((performance.now() - startedAtMs) / 60_000).toFixed(1);
  summaries.push(`${kind}: ${comparisons.length} answers in ${minutes} minutes: ${counts}.`);
}
console.log(summaries.join('\n'));
process.exitCode = faults === 0 ? 0 : 1;

async function compare(kind: ComparedKind, url: string): Promise<readonly Comparison[]> {
  const key = kind === 'gravix' ? values.key : undefined;
  try {
    const model = values.model ?? (await findModel(url, key));
    return await compareUpstream(
      { kind, url, key, model },
      { cases, atOnce, onCompared: (comparison) => show(kind, comparison) },
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name: 'all', isStreamed: false, result: 'failed', reason }];
  }
}

async function findModel(url: string, key: string | undefined): Promise<string> {
  const answer = await fetch(`${url}/v1/models`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  const { data } = (await answer.json()) as { readonly data: readonly { readonly id: string }[] };
  const [first] = data;
  if (first === undefined) throw new Error(`${url} lists no model.`);
  return first.id;
}

function show(kind: ComparedKind, { name, isStreamed, result, direct, through, reason }: Comparison): void {
  console.log(
    `${kind}, ${name}, ${isStreamed ? 'streamed' : 'plain'}: ${result}${reason ? ` (${reason})` : ''}`,
  );
  if (result === 'same' || result === 'failed') return;
  console.log(`  direct:  ${JSON.stringify(direct)}`);
  console.log(`  through: ${JSON.stringify(through)}`);
}

function toTable(comparisons: readonly Comparison[]): string {
  const find = (name: string, isStreamed: boolean) =>
    comparisons.find((one) => one.name === name && one.isStreamed === isStreamed)?.result ?? '';
  const names = [...new Set(comparisons.map(({ name }) => name))];
  const reasonOf = (name: string) => comparisons.find((one) => one.name === name && one.reason)?.reason ?? '';
  return toMarkdownTable(
    ['case', 'plain', 'streamed', 'row of the table'],
    names.map((name) => [name, find(name, false), find(name, true), reasonOf(name)]),
  );
}
