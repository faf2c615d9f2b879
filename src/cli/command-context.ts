import type { CommandName } from '../app/command-name.ts';
import type { Config } from '../config/config.ts';

/** The environment of every command. Only run-command-line.ts reads the globals of the process. */
export interface CommandContext {
  readonly loadConfig: (flags: Readonly<Record<string, unknown>>) => Config;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errorOutput: NodeJS.WriteStream;
  /** The name under which the program was started. */
  readonly commandName: CommandName;
}
