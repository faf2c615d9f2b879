/**
 * Pulling a file from a local server, verified and installed, against `curl` followed by `sha256sum` on the same
 * disk, in turns; and the memory of this process along the way.
 *
 * npm run bench:pull -- [--mb 1024] [--rounds 3] [--folder PATH]
 */
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createModelLibrary } from '../src/catalog/model-library.ts';
import { pullModel } from '../src/catalog/pull-model.ts';
import type { PullPlan } from '../src/catalog/pull-plan.ts';
import { sampleEntries, toGgufHeader } from '../test/catalog/sample-gguf.ts';
import { median, round } from './figures.ts';

const blockBytes = 1024 * 1024;
const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const megabytes = Number(values.mb);
const runFile = promisify(execFile);
const folder = await mkdtemp(join(values.folder, 'gravix-bench-pull-'));

/** A right GGUF header for one tensor, and random bytes behind it. */
async function writeModel(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const tensor = { name: 'a', dimensions: [megabytes * blockBytes], type: 24, offset: 0 };
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  let sizeBytes = 0;
  const write = async (bytes: Buffer) => {
    hash.update(bytes);
    await file.writeFile(bytes);
    sizeBytes += bytes.length;
  };
  await write(toGgufHeader({ entries: sampleEntries, tensors: [tensor] }));
  for (let block = 0; block < megabytes; block++) await write(randomBytes(blockBytes));
  await file.close();
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function timeMs(run: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await run();
  return performance.now() - startedAtMs;
}

async function pullOurs(plan: PullPlan, rssMb: number[]): Promise<void> {
  const modelsFolder = join(folder, 'models');
  const total = plan.files[0]?.sizeBytes ?? 1;
  let tenths = 0;
  await pullModel({
    plan,
    library: createModelLibrary({ folder: modelsFolder }),
    onProgress: ({ phase, doneBytes }) => {
      if (phase !== 'download' || doneBytes < (tenths * total) / 10) return;
      tenths++;
      rssMb.push(round(process.memoryUsage.rss() / 1e6));
    },
  });
  await rm(modelsFolder, { recursive: true });
}

async function pullWithCurl(url: string, sha256: string): Promise<void> {
  const path = join(folder, 'curl.gguf');
  await runFile('curl', ['--silent', '--fail', '--output', path, url]);
  const { stdout } = await runFile('sha256sum', [path]);
  if (!stdout.startsWith(sha256)) throw new Error('curl brought another file.');
  await rm(path);
}

const write = (line: string) => process.stdout.write(`${line}\n`);
const modelPath = join(folder, 'model.gguf');
const { sha256, sizeBytes } = await writeModel(modelPath);
const server = spawn(
  process.execPath,
  ['--import', 'tsx', join(import.meta.dirname, 'serve-file.ts'), modelPath],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const [port] = await once(server.stdout, 'data');
  const url = `http://127.0.0.1:${Number(port)}/model.gguf`;
  const sources = [{ kind: 'http', url }] as const;
  const files = [{ role: 'weights', fileName: 'model.gguf', sizeBytes, sha256, sources }] as const;
  const plan: PullPlan = { kind: 'url', name: 'bench', origin: url, files, notes: [] };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < Number(values.rounds); turn++) {
    const rssMb: number[] = [];
    ours.push(await timeMs(() => pullOurs(plan, rssMb)));
    theirs.push(await timeMs(() => pullWithCurl(url, sha256)));
    write(`ours ${round(ours.at(-1) ?? 0)} ms, curl and sha256sum ${round(theirs.at(-1) ?? 0)} ms`);
    write(`  memory in MB at each tenth: ${rssMb.join(' ')}`);
  }
  write(`ratio of speed, ours to theirs: ${round(median(theirs) / median(ours), 2)} (target at least 0.8)`);
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}
