import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type CommandName = 'gravix' | 'npx gravix';

/** The folder of package.json, two levels above both src/app/ and dist/app/. */
const packageFolder = join(import.meta.dirname, '..', '..');

/**
 * The command that starts this program: `gravix` if it is on the PATH (installed globally or linked),
 * otherwise `npx gravix` (a clone, or a project that has the package).
 * @param script `process.argv[1]`, which keeps the name of a link on the PATH
 */
export function findCommandName(script: string | undefined, folder: string = packageFolder): CommandName {
  if (script !== undefined && basename(script) === 'gravix') {
    return basename(dirname(script)) === '.bin' ? 'npx gravix' : 'gravix';
  }
  return isClone(folder) ? 'npx gravix' : 'gravix';
}

/** `npm start` needs this file, and the published package lacks it. */
function isClone(folder: string): boolean {
  return existsSync(join(folder, 'scripts', 'start.mjs'));
}

/** Messages name commands as `gravix …` in backticks. This replaces the name where they are shown. */
export function nameCommands(text: string, name: CommandName): string {
  return text.replaceAll('`gravix ', () => `\`${name} `);
}
