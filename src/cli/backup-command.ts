import type { Command } from 'commander';
import { assertDatabaseFile, backUp, hasDatabase, restore } from '../app/database-backup.ts';
import { askForConsent } from './ask-for-consent.ts';
import { CommandExit } from './command-exit.ts';
import type { CommandSurroundings } from './command-surroundings.ts';

interface BackupFlags {
  readonly force: boolean;
  readonly json: boolean;
}

interface RestoreFlags extends BackupFlags {
  readonly yes: boolean;
}

/** `gravix backup FILE`: keys and stored answers in one file, also from a running server. */
export function registerBackupCommand(program: Command, surroundings: CommandSurroundings): void {
  const { loadConfig, output, commandName } = surroundings;
  program
    .command('backup')
    .description('write keys and stored answers into one file, also beside a running server')
    .argument('<file>', 'the file to make')
    .option('--force', 'replace the file if it is there', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nModels, config.yaml and the file `key` of the data folder are not in it. It holds hashes of the keys and what was\nstored of conversations: keep it as you keep those.',
    )
    .action(async (file: string, { force, json }: BackupFlags) => {
      const config = loadConfig({});
      assertDatabaseFile(config);
      const sizeBytes = await backUp(config, file, force);
      const line = json
        ? JSON.stringify({ file, sizeBytes })
        : `Wrote ${file} (${sizeBytes} bytes). \`${commandName} restore ${file}\` restores it.`;
      output.write(`${line}\n`);
    });
}

/** `gravix restore FILE`: what a backup holds becomes the database; a server must not be running. */
export function registerRestoreCommand(program: Command, surroundings: CommandSurroundings): void {
  program
    .command('restore')
    .description('put a backup in the place of the database of the data folder; stop the server first')
    .argument('<file>', 'a file that `gravix backup` has made')
    .option('--force', 'replace the database that is there', false)
    .option('--yes', 'the same: do not ask', false)
    .option('--json', 'print JSON', false)
    .action(async (file: string, { force, yes, json }: RestoreFlags) => {
      const { input, output, errorOutput, loadConfig } = surroundings;
      const config = loadConfig({});
      assertDatabaseFile(config);
      let isForced = force || yes;
      if (!isForced && input.isTTY && hasDatabase(config)) {
        const question = `Replace the database in ${config.home}? Its keys and stored answers are lost.`;
        isForced = await askForConsent({ input, output: errorOutput }, question);
        if (!isForced) {
          errorOutput.write('Nothing was restored.\n');
          throw new CommandExit(1);
        }
      }
      await restore(config, file, isForced);
      const line = json ? JSON.stringify({ file, home: config.home }) : `Restored ${file} to ${config.home}.`;
      output.write(`${line}\n`);
    });
}
