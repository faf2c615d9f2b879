import type { Command } from 'commander';
import { openModelLibrary } from '../app/open-model-library.ts';
import { toFullModelName } from '../catalog/full-model-name.ts';
import { ModelNotInstalledError } from '../catalog/library/model-library-error.ts';
import { askForConsent } from './ask-for-consent.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { toMegabytes } from './doctor-check.ts';

/** `gravix rm NAME...`: removes installed models. On a terminal it asks first. */
export function registerRmCommand(program: Command, context: CommandContext): void {
  program
    .command('rm')
    .description('remove installed models')
    .argument('<names...>', 'the models, by their names in `gravix models`')
    .option('--yes', 'do not ask', false)
    .option('--json', 'print JSON', false)
    .action(async (written: string[], flags: { yes: boolean; json: boolean }) => {
      const { output, errorOutput, input } = context;
      const library = openModelLibrary(context.loadConfigWithoutKeys());
      const installed = await library.list();
      const isInstalled = (name: string) => installed.some((model) => model.name === name);
      const names = written.map((name) => (isInstalled(name) ? name : toFullModelName(name)));
      const missing = written.find((_, index) => !isInstalled(names[index] ?? ''));
      if (missing !== undefined) {
        throw new ModelNotInstalledError(
          missing,
          installed.map(({ name }) => name),
        );
      }
      if (!flags.yes && !input.isTTY) {
        throw new Error(
          `Can't ask for confirmation to remove ${names.join(', ')}: the input is not a terminal. Add --yes.`,
        );
      }
      if (!flags.yes) {
        const consent = await askForConsent({ input, output: errorOutput }, `Remove ${names.join(', ')}?`);
        if (!consent) {
          errorOutput.write('Nothing removed.\n');
          throw new CommandExit(1);
        }
      }
      for (const name of new Set(names)) {
        const { freedBytes } = await library.remove(name);
        output.write(
          flags.json
            ? `${JSON.stringify({ name, freedBytes })}\n`
            : `Removed ${name} and freed ${toMegabytes(freedBytes)}.\n`,
        );
      }
    });
}
