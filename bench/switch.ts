// The cost of switching between two small models when only one may be loaded: `npm run bench:switch`. A
// switch is a load that unloads the other model first; a bare load has nothing to unload. Both take turns on
// one server, so that a busy machine slows them equally.
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestHome, runCommand, startServerProcess } from '../test/server-process.ts';
import { testModelPath } from '../test/test-model.ts';
import { median } from './figures.ts';

const rounds = 8;
const names = ['smollm2:135m-instruct-q4_1', 'copy:latest'] as const;

const home = await createTestHome();
await copyFile(testModelPath(), join(home, 'copy.gguf'));
await runCommand(['pull', join(home, 'copy.gguf'), '--name', names[1]], { GRAVIX_HOME: home });
const server = await startServerProcess({ home, flags: ['--loaded-models-max', '1'] });

async function send(path: string, model: string): Promise<number> {
  const startedAtMs = performance.now();
  const answer = await fetch(`${server.url}/v1/models/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model }),
  });
  if (!answer.ok) throw new Error(`${path} ${model}: ${answer.status} ${await answer.text()}`);
  await answer.text();
  return performance.now() - startedAtMs;
}

const switches: number[] = [];
const bareLoads: number[] = [];
try {
  for (let round = 0; round < rounds; round++) {
    const [here, there] = round % 2 === 0 ? names : [names[1], names[0]];
    await send('load', here);
    switches.push(await send('load', there));
    await send('unload', there);
    bareLoads.push(await send('load', here));
    await send('unload', here);
  }
} finally {
  await server.stop();
  await rm(home, { recursive: true, force: true });
}
const [switchMs, bareMs] = [median(switches), median(bareLoads)];
process.stdout.write(
  `switch ${switchMs.toFixed(0)} ms, bare load ${bareMs.toFixed(0)} ms (medians of ${rounds}): ratio ${(switchMs / bareMs).toFixed(2)}\n`,
);
