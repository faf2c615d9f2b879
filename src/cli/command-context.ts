import type { CommandName } from '../app/command-name.ts';
import type { Config } from '../config/config.ts';

/** The environment of every command. Only run-command-line.ts reads the globals of the process. */
export interface CommandContext {
  /** @param file read in place of config.yaml in the data folder */
  readonly loadConfig: (flags: Readonly<Record<string, unknown>>, file?: string) => Config;
  /** For commands that ask no upstream: the keys of upstreams may be missing. */
  readonly loadConfigWithoutKeys: () => Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errorOutput: NodeJS.WriteStream;
  /** The name under which the program was started. */
  readonly commandName: CommandName;
}
