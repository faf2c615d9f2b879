import { Command, CommanderError } from 'commander';
import { findCommandName, nameCommands } from '../app/command-name.ts';
import { openKeyFile, openKeyService } from '../app/local-keys.ts';
import { openUsage } from '../app/open-usage.ts';
import { readVersion } from '../app/version.ts';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import { registerAuditCommand } from './audit-command.ts';
import { registerBackupCommand, registerRestoreCommand } from './backup-command.ts';
import { registerChatCommand } from './chat-command.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { registerConfigCommand } from './config-command.ts';
import { registerConnectCommand } from './connect-command.ts';
import { registerDoctorCommand } from './doctor-command.ts';
import { registerDrillCommand } from './drill-command.ts';
import { registerGpuCommand } from './gpu-command.ts';
import { registerImportCommand } from './import-command.ts';
import { registerKeysCommand } from './keys-command.ts';
import { registerModelsCommand } from './models-command.ts';
import { registerProjectsCommand } from './projects-command.ts';
import { registerPullCommand } from './pull-command.ts';
import { registerRmCommand } from './rm-command.ts';
import { registerServeCommand } from './serve-command.ts';
import { StoppedBySignal } from './stop-signal.ts';
import { registerUsageCommand } from './usage-command.ts';

/** Runs one command and returns the exit code. A failure prints one sentence on standard error. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const environment = readEnvironment();
  const context: CommandContext = {
    loadConfig: (flags, file) => loadConfig({ environment, flags, file }),
    loadConfigWithoutKeys: () => loadConfig({ environment, flags: {}, needsUpstreamKeys: false }),
    environment,
    input: process.stdin,
    output: process.stdout,
    errorOutput: process.stderr,
    commandName: findCommandName(argv[1]),
  };
  const isOutputWritten = watchOutputs(context);
  const program = createProgram(context);
  try {
    await program.parseAsync([...argv]);
    return isOutputWritten() ? 0 : 1;
  } catch (error) {
    if (error instanceof CommanderError || error instanceof CommandExit) {
      return error.exitCode;
    }
    context.errorOutput.write(`gravix: ${nameCommands(toSentence(error), context.commandName)}\n`);
    return error instanceof StoppedBySignal ? error.exitCode : 1;
  }
}

/** All commands with their options. */
export function createProgram(context: CommandContext): Command {
  const { output, errorOutput, commandName } = context;
  const program = new Command(commandName)
    .description('An OpenAI-compatible server for language models on your own machine')
    .version(readVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.write(nameCommands(text, commandName)),
      writeErr: (text) => errorOutput.write(nameCommands(text, commandName)),
      outputError: (text, write) => write(text.replace(/^error: /, 'gravix: ')),
    })
    // The whole help would bury the line with the error.
    .showHelpAfterError('Add --help to list commands and options.');
  registerServeCommand(program, context);
  registerPullCommand(program, context);
  registerModelsCommand(program, context);
  registerRmCommand(program, context);
  registerImportCommand(program, context);
  registerChatCommand(program, context);
  registerConnectCommand(program, context);
  registerDoctorCommand(program, context);
  registerConfigCommand(program, context);
  registerDrillCommand(program, context);
  registerGpuCommand(program, context);
  registerBackupCommand(program, context);
  registerRestoreCommand(program, context);
  const keysOptions = {
    openKeyService: async () => openKeyService(context.loadConfigWithoutKeys()),
    openKeyFile: () => openKeyFile(context.loadConfigWithoutKeys()),
    output,
    commandName,
    now: Date.now,
  };
  registerKeysCommand(program, keysOptions);
  registerProjectsCommand(program, keysOptions);
  registerAuditCommand(program, keysOptions);
  registerUsageCommand(program, {
    openUsage: async () => openUsage(context.loadConfigWithoutKeys()),
    output,
    now: Date.now,
  });
  program.addHelpText(
    'after',
    '\nStart with `gravix serve`. `gravix COMMAND --help` shows the options of a command.',
  );
  return program;
}

/**
 * Reports whether all writes to standard output succeeded. If standard error fails, the failure can't be
 * reported.
 */
function watchOutputs({ output, errorOutput }: CommandContext): () => boolean {
  let isWritten = true;
  errorOutput.on('error', () => undefined);
  output.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that closes the pipe early, such as `head`, is not a failure.
    if (error.code === 'EPIPE' || !isWritten) return;
    isWritten = false;
    errorOutput.write(`gravix: Can't write to standard output (${error.code}).\n`);
  });
  return () => isWritten;
}

function toSentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
