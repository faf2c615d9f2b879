// `npm test`: from a bare clone to the fast, the model and the browser tests. Arguments go to vitest.
import { join } from 'node:path';
import {
  assertNodeVersion,
  ensureBuilt,
  ensureInstalled,
  projectRoot,
  runScript,
  runTool,
} from './prepare.mjs';

await runScript(async () => {
  assertNodeVersion();
  await ensureInstalled();
  await ensureBuilt();
  const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const projects = ['--project', 'fast', '--project', 'model', '--project', 'browser'];
  process.exitCode = await runTool(process.execPath, [vitest, 'run', ...projects, ...process.argv.slice(2)]);
});
