// The files that packing replaces for a moment, as they were. They stay in a folder until they are put back, so that
// a pack that is killed loses nothing.
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './prepare.mjs';

const keptFolder = join(projectRoot, '.cache', 'before-pack');

/** @param path from the project's root */
export function keep(path) {
  const kept = join(keptFolder, path);
  mkdirSync(dirname(kept), { recursive: true });
  // A copy that is cut short does not pass for the file.
  copyFileSync(join(projectRoot, path), `${kept}.part`);
  renameSync(`${kept}.part`, kept);
}

/** Puts all back; with nothing kept it does nothing. */
export function restoreKept() {
  if (!existsSync(keptFolder)) return;
  for (const entry of readdirSync(keptFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.part')) continue;
    const kept = join(entry.parentPath ?? entry.path, entry.name);
    renameSync(kept, join(projectRoot, kept.slice(keptFolder.length + 1)));
  }
  rmSync(keptFolder, { recursive: true });
}
