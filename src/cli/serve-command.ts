import type { Command } from 'commander';
import { type App, createAppLogger, startApp } from '../app.ts';
import { assertModelFits, readMachineMemoryBytes } from '../catalog/assert-model-fits.ts';
import type { Config } from '../config/config.ts';
import type { CommandSurroundings } from './command-surroundings.ts';
import { ensureModel } from './ensure-model.ts';
import { addSettingOptions, toSettings } from './setting-options.ts';
import { createStopSignal, type StopSignal } from './stop-signal.ts';

/** `gravix serve`: pulls the model if it is not there, makes the first key, serves until it is told to stop. */
export function registerServeCommand(program: Command, surroundings: CommandSurroundings): void {
  const command = program.command('serve').description('serve the API');
  addSettingOptions(command).action(async (options: Record<string, unknown>) => {
    const stop = createStopSignal();
    try {
      await serve(surroundings, surroundings.loadConfig(toSettings(options)), stop);
    } catch (error) {
      // A stop in the middle of the start is what was asked for, not a failure.
      if (!stop.signal.aborted) {
        throw error;
      }
    } finally {
      stop.close();
    }
  });
}

async function serve(surroundings: CommandSurroundings, config: Config, stop: StopSignal): Promise<void> {
  const { output, errorOutput } = surroundings;
  const { signal } = stop;
  const model = await ensureModel({ config, name: config.model, signal, errorOutput });
  assertModelFits(model.name, model.facts, readMachineMemoryBytes());
  const logging = createAppLogger(config);
  const app = await startApp({ config, logger: logging.logger, modelName: model.name });
  try {
    tellFirstKey(app, config, output);
    await Promise.race([loadModel(app, config), stop.stopped]);
    if (!signal.aborted) {
      output.write(`listening on ${app.url}\n`);
    }
    await stop.stopped;
  } finally {
    await app.close();
    await logging.close();
  }
}

async function loadModel(app: App, config: Config): Promise<void> {
  try {
    await app.loadModels();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${reason} If the file is damaged, \`gravix pull ${config.model} --force\` pulls it anew.`,
      {
        cause: error,
      },
    );
  }
}

function tellFirstKey({ firstKey, url }: App, config: Config, output: NodeJS.WriteStream): void {
  switch (firstKey.kind) {
    case 'created':
      output.write(`\nYour API key, shown only this once:\n\n  ${firstKey.key}\n\nTry it:\n\n`);
      output.write(`${toCurl(url, firstKey.key, config.model)}\n\n`);
      break;
    case 'restored':
    case 'file-unusable':
    case 'file-missing':
      output.write(`${firstKey.notice}\n`);
      break;
    case 'environment':
    case 'kept':
      break;
  }
}

function toCurl(url: string, key: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return `curl ${url}/v1/inference/chat/completions -H "Content-Type: application/json" -H "Authorization: Bearer ${key}" -d '${body}'`;
}
