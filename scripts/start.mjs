// `npm start`: from a bare clone to a serving server. Arguments go to `gravix serve`.
//
// The server runs in this process instead of a child: a signal then reaches it once and directly, its exit
// code is ours, and no second Node process sits idle beside it for the server's whole life. For the same
// reason package.json says `exec node`: npm passes a signal on to its shell only, and a shell that stays
// between would die of it, leave the server running alone and make npm's exit code 143 where ours is 0.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assertNodeVersion, ensureBuilt, ensureInstalled, projectRoot, runScript } from './prepare.mjs';

await runScript(async () => {
  assertNodeVersion();
  await ensureInstalled();
  await ensureBuilt();
  const entry = join(projectRoot, 'dist', 'main.js');
  process.argv = [process.execPath, entry, 'serve', ...process.argv.slice(2)];
  await import(pathToFileURL(entry).href);
});
