/** Reports a pull of three megabytes to standard error in 1.5 s, and checks it at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPullProgress } from '../../src/cli/pull-progress.ts';

const totalBytes = 3_000_000;
const progress = createPullProgress(process.stderr);
for (let doneBytes = 0; doneBytes <= totalBytes; doneBytes += 100_000) {
  progress.report({ phase: 'download', source: 'a server', doneBytes, totalBytes });
  await sleep(50);
}
progress.report({ phase: 'verify', source: 'a server', doneBytes: 0, totalBytes });
progress.report({ phase: 'verify', source: 'a server', doneBytes: totalBytes, totalBytes });
progress.close();
