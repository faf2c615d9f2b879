import type { Command } from 'commander';
import { assertDatabaseFile, backUp, hasDatabase, restore } from '../app/database-backup.ts';
import { askForConsent } from './ask-for-consent.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';

interface BackupFlags {
  readonly force: boolean;
  readonly json: boolean;
}

interface RestoreFlags extends BackupFlags {
  readonly yes: boolean;
}

/** `gravix backup FILE`: writes keys and stored answers to one file. The server may be running. */
export function registerBackupCommand(program: Command, context: CommandContext): void {
  const { loadConfigWithoutKeys, output, commandName } = context;
  program
    .command('backup')
    .description('back up keys and stored answers to one file; the server may be running')
    .argument('<file>', 'the file to write')
    .option('--force', 'replace the file if it exists', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nThe backup does not contain models, config.yaml or the file `key`. It contains hashes of the keys and stored\nconversations, so protect it like the data folder.',
    )
    .action(async (file: string, { force, json }: BackupFlags) => {
      const config = loadConfigWithoutKeys();
      assertDatabaseFile(config);
      const sizeBytes = await backUp(config, file, force);
      const line = json
        ? JSON.stringify({ file, sizeBytes })
        : `Wrote ${file} (${sizeBytes} bytes). \`${commandName} restore ${file}\` restores it.`;
      output.write(`${line}\n`);
    });
}

/** `gravix restore FILE`: replaces the database with a backup. The server must be stopped. */
export function registerRestoreCommand(program: Command, context: CommandContext): void {
  program
    .command('restore')
    .description('replace the database with a backup; stop the server first')
    .argument('<file>', 'a file written by `gravix backup`')
    .option('--force', 'replace an existing database without asking', false)
    .option('--yes', 'the same as --force', false)
    .option('--json', 'print JSON', false)
    .action(async (file: string, { force, yes, json }: RestoreFlags) => {
      const { input, output, errorOutput, loadConfigWithoutKeys } = context;
      const config = loadConfigWithoutKeys();
      assertDatabaseFile(config);
      let isForced = force || yes;
      if (!isForced && input.isTTY && hasDatabase(config)) {
        const question = `Replace the database in ${config.home}? Its keys and stored answers are lost.`;
        isForced = await askForConsent({ input, output: errorOutput }, question);
        if (!isForced) {
          errorOutput.write('Nothing restored.\n');
          throw new CommandExit(1);
        }
      }
      await restore(config, file, isForced);
      const line = json ? JSON.stringify({ file, home: config.home }) : `Restored ${file} to ${config.home}.`;
      output.write(`${line}\n`);
    });
}
