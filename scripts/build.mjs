// `npm run build`: from a bare clone to dist.
import { assertNodeVersion, ensureBuilt, ensureInstalled, runScript } from './prepare.mjs';

await runScript(async () => {
  assertNodeVersion();
  await ensureInstalled();
  await ensureBuilt();
});
