import type { CommandName } from '../app/command-name.ts';
import type { Config } from '../config/config.ts';

/** What every command gets: nobody reads the process's own globals but run-command-line.ts. */
export interface CommandSurroundings {
  readonly loadConfig: (flags: Readonly<Record<string, unknown>>) => Config;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errorOutput: NodeJS.WriteStream;
  /** What the program is called where it runs. */
  readonly commandName: CommandName;
}
