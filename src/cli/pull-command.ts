import type { Command } from 'commander';
import type { CommandSurroundings } from './command-surroundings.ts';
import { ensureModel } from './ensure-model.ts';
import { createStopSignal } from './stop-signal.ts';

/** `gravix pull [NAME]`: fetches a model into the data folder, or finds that it is there. */
export function registerPullCommand(program: Command, surroundings: CommandSurroundings): void {
  program
    .command('pull')
    .description('fetch a model from the catalogue')
    .argument('[name]', 'the model; by default the one that would be served')
    .option('--force', 'fetch it anew even when it is there', false)
    .option('--json', 'print JSON', false)
    .action(async (name: string | undefined, flags: { force: boolean; json: boolean }) => {
      const config = surroundings.loadConfig({});
      const stop = createStopSignal();
      try {
        const { errorOutput } = surroundings;
        const { signal } = stop;
        const model = await ensureModel({
          config,
          name: name ?? config.model,
          force: flags.force,
          signal,
          errorOutput,
        });
        const line = flags.json
          ? JSON.stringify(model)
          : `${model.name} is ready (${model.sizeBytes} bytes, checksum right)`;
        surroundings.output.write(`${line}\n`);
      } finally {
        stop.close();
      }
    });
}
