// `npm run check:upstreams -- --llama-server URL --vllm URL --gravix URL`: asks real servers, directly and through a built
// server of ours in front of them, and compares the answers. A difference has to be in the table of docs/guides/upstreams.md.
// URLs are without `/v1`. `--key KEY` is the key of the second Gravix, `--model NAME` a model of all servers; without it,
// the first that a server lists.
import { parseArgs } from 'node:util';
import { type Comparison, compareUpstream } from '../test/compared-upstreams/compare-upstream.ts';
import type { ComparedKind } from '../test/compared-upstreams/compared-cases.ts';
import { setup as pullTestModel } from '../test/pull-test-model.ts';

const kinds: readonly ComparedKind[] = ['llama-server', 'vllm', 'gravix'];

const { values } = parseArgs({
  options: {
    'llama-server': { type: 'string' },
    vllm: { type: 'string' },
    gravix: { type: 'string' },
    key: { type: 'string' },
    model: { type: 'string' },
  },
});
await pullTestModel();
let faults = 0;
for (const kind of kinds) {
  const url = values[kind];
  if (url === undefined) {
    console.log(`SKIPPED: ${kind}, because --${kind} URL is not given.`);
    continue;
  }
  const key = kind === 'gravix' ? values.key : undefined;
  const model = values.model ?? (await findModel(url, key));
  const comparisons = await compareUpstream({ kind, url, key, model }, (comparison) =>
    show(kind, comparison),
  );
  const count = (result: Comparison['result']) =>
    comparisons.filter((comparison) => comparison.result === result).length;
  faults += count('differs');
  console.log(
    `${kind}: ${comparisons.length} answers, ${count('same')} the same, ${count('known')} differ as the guide says, ${count('unsteady')} differ from themselves, ${count('differs')} differ.`,
  );
}
process.exitCode = faults === 0 ? 0 : 1;

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
  if (result === 'same') return;
  console.log(`  direct:  ${JSON.stringify(direct)}`);
  console.log(`  through: ${JSON.stringify(through)}`);
}
