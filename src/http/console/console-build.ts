import { type BuiltPages, readBuiltPages } from '../pages/page-assets.ts';
import { type ConsoleFiles, readConsoleFiles } from './console-files.ts';

/** What the build of web/ made: the console, and the scripts and styles of the other pages. */
export interface ConsoleBuild {
  readonly files: ConsoleFiles;
  /** Undefined: the build has a console only. */
  readonly pages: BuiltPages | undefined;
}

/** Undefined if the folder has no build. */
export async function readConsoleBuild(folder: string): Promise<ConsoleBuild | undefined> {
  const files = await readConsoleFiles(folder);
  return files === undefined ? undefined : { files, pages: await readBuiltPages(folder) };
}
