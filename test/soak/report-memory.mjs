// Loaded before a server: at SIGUSR2 it collects its garbage, and writes what it still holds to a file.
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const path = process.env.MEMORY_REPORT_FILE;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  writeFileSync(`${path}.part`, JSON.stringify(process.memoryUsage()));
  renameSync(`${path}.part`, path);
});
