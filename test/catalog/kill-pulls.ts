import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultHttpLimits } from '../../src/catalog/download/http-limits.ts';
import { createModelLibrary } from '../../src/catalog/model-library.ts';
import { pullModel } from '../../src/catalog/pull-model.ts';
import { createFileServer, serveSlowly } from './file-server.ts';
import { startPullProcess } from './pull-process.ts';
import { createSampleContent, createSamplePlan, createTestFolder } from './sample-model.ts';

const lockLimits = { touchEveryMs: 50, staleAfterMs: 1_000, pollEveryMs: 20 };
const httpLimits = { ...defaultHttpLimits, pieceBytes: 300_000, connectionsMax: 2, checkpointEveryMs: 40 };
/** A pull takes about 0.4 s from its first byte to its manifest; so all of it is hit. */
const killAfterMsMax = 500;

export interface KilledPulls {
  /** Kills that came before the model was installed. */
  readonly unfinished: number;
  /** Faults of the library, each as one line. */
  readonly faults: readonly string[];
}

/**
 * Kills a pulling process at random moments, again and again in one folder. After each kill the library passes its
 * own check, and a model that counts as installed is whole; the pull that follows brings it.
 */
export async function killPulls(count: number): Promise<KilledPulls> {
  const folder = await createTestFolder();
  const content = createSampleContent(2_000_000);
  const server = await createFileServer(content, serveSlowly(50_000, 20));
  const library = createModelLibrary({ folder: folder.path });
  const plan = createSamplePlan(content, [{ kind: 'http', url: server.url }]);
  const faults: string[] = [];
  let unfinished = 0;
  const look = async (when: string) => {
    const { problems } = await library.check({ withChecksums: true });
    faults.push(...problems.map((problem) => `${when}: ${JSON.stringify(problem)}`));
    const installed = await library.find(plan.name);
    if (installed === undefined) return false;
    if (!(await readFile(installed.path)).equals(content)) faults.push(`${when}: another content`);
    return true;
  };
  try {
    for (let kill = 1; kill <= count; kill++) {
      const killed = startPullProcess(folder.path, { plan, lockLimits, httpLimits });
      await killed.saw('download');
      await sleep(Math.random() * killAfterMsMax);
      killed.child.kill('SIGKILL');
      await killed.ended;
      // An installed model would leave the next kill nothing to hit.
      if (await look(`after kill ${kill}`)) await library.remove(plan.name);
      else unfinished++;
      // Most kills are followed by another, so that a pull is gone on with several times; some by one that may end.
      if (kill % 5 !== 0 && kill !== count) continue;
      await pullModel({ plan, library, lockLimits, httpLimits });
      if (!(await look(`after the pull that followed kill ${kill}`))) faults.push('not installed');
      const { leftovers } = await library.check();
      faults.push(...leftovers.map(({ path }) => `left behind: ${path}`));
      await library.remove(plan.name);
    }
    return { unfinished, faults };
  } finally {
    await server.close();
    await folder.close();
  }
}
