import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type CommandName = 'gravix' | 'npx gravix';

/** The folder of package.json, which lies two folders above both src/app/ and dist/app/. */
const packageFolder = join(import.meta.dirname, '..', '..');

/**
 * The name by which people start this program where it runs. Installed globally or linked, it is on the PATH; in a clone, or
 * in a project that has the package, npx finds it.
 * @param script what Node was started with, `process.argv[1]`: a link on the PATH keeps its name there
 */
export function findCommandName(script: string | undefined, folder: string = packageFolder): CommandName {
  if (script !== undefined && basename(script) === 'gravix') {
    return basename(dirname(script)) === '.bin' ? 'npx gravix' : 'gravix';
  }
  return isClone(folder) ? 'npx gravix' : 'gravix';
}

/** `npm start` needs this file, and the package does not have it. */
function isClone(folder: string): boolean {
  return existsSync(join(folder, 'scripts', 'start.mjs'));
}

/** Messages of all rooms write commands as `gravix …` in backticks; where they reach their reader, this names them. */
export function nameCommands(text: string, name: CommandName): string {
  return text.replaceAll('`gravix ', () => `\`${name} `);
}
