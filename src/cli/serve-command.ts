import type { Command } from 'commander';
import type { CommandName } from '../app/command-name.ts';
import { type App, createAppAnnouncer, createAppLogger, openModelLibrary, startApp } from '../app.ts';
import { assertModelFits, readMachineMemoryBytes } from '../catalog/assert-model-fits.ts';
import type { SizedModel } from '../catalog/list-sized-models.ts';
import { readModelMemoryBytes } from '../catalog/model-memory.ts';
import { suggestModel } from '../catalog/suggest-model.ts';
import type { Config } from '../config/config.ts';
import type { CommandSurroundings } from './command-surroundings.ts';
import { ensureModel } from './ensure-model.ts';
import {
  type Announcer,
  toFirstKeyAnnouncement,
  toReadyAnnouncement,
  toStoppingAnnouncement,
} from './serve-announcements.ts';
import { addSettingOptions, toSettings } from './setting-options.ts';
import { createStopSignal, StoppedBySignal, type StopSignal } from './stop-signal.ts';

/** `gravix serve`: pulls the model if it is not there, makes the first key, serves until it is told to stop. */
export function registerServeCommand(program: Command, surroundings: CommandSurroundings): void {
  const command = program.command('serve').description('serve the API');
  addSettingOptions(command).action(async (options: Record<string, unknown>) => {
    const stop = createStopSignal();
    try {
      const config = surroundings.loadConfig(toSettings(options));
      // Whatever it waits for then: the process ends, and the engines' processes with it.
      const ended = stop.hurried.then((reason) => Promise.reject(reason));
      await Promise.race([serve(surroundings, config, stop), ended]);
    } catch (error) {
      // A stop in the middle of the start is what was asked for, not a failure.
      const isHurried = error instanceof StoppedBySignal && error !== stop.signal.reason;
      if (!stop.signal.aborted || isHurried) {
        throw error;
      }
    } finally {
      stop.close();
    }
  });
}

async function serve(surroundings: CommandSurroundings, config: Config, stop: StopSignal): Promise<void> {
  const { errorOutput, commandName } = surroundings;
  const { signal } = stop;
  const model = await ensureModel({ config, name: config.model, signal, errorOutput });
  assertModelFits(model.name, model.facts, readMachineMemoryBytes());
  const logging = createAppLogger(config);
  const announcer = createAppAnnouncer();
  try {
    const app = await startApp({
      ...{ config, commandName, logger: logging.logger, modelName: model.name },
    });
    const outside = app.addresses.filter(({ isLoopback }) => !isLoopback).map(({ url }) => url);
    if (outside.length > 0) {
      logging.logger.warn(
        { addresses: outside },
        'other machines can reach this server over plain HTTP, which shows keys and conversations to everyone on the way; put a proxy with TLS before it, or listen on 127.0.0.1',
      );
    }
    await serveApp(app, { config, commandName, modelName: model.name, announcer, stop });
  } finally {
    await announcer.close();
    await logging.close();
  }
}

interface Serving {
  readonly commandName: CommandName;
  readonly config: Config;
  readonly modelName: string;
  readonly announcer: Announcer;
  readonly stop: StopSignal;
}

async function serveApp(app: App, serving: Serving): Promise<void> {
  const { config, modelName, commandName, announcer, stop } = serving;
  try {
    const announcement = toFirstKeyAnnouncement(app, config, commandName);
    if (announcement !== undefined) announcer.tell(announcement);
    await Promise.race([loadModel(app, config), stop.stopped]);
    const larger = await findLargerModel(config);
    if (!stop.signal.aborted) {
      announcer.tell(toReadyAnnouncement(app, config, { model: modelName, larger, commandName }));
    }
    await stop.stopped;
    announcer.tell(toStoppingAnnouncement(app.runningRequests(), config.drainMsMax));
  } finally {
    await app.close();
  }
}

/** For operators who have not chosen a model: the default one is there so that a start takes a minute. */
async function findLargerModel(config: Config): Promise<SizedModel | undefined> {
  if (config.isModelChosen) return undefined;
  const installed = await openModelLibrary(config).list();
  return suggestModel(
    readModelMemoryBytes(config.modelMemoryBytesMax),
    installed.map(({ name }) => name),
  );
}

async function loadModel(app: App, config: Config): Promise<void> {
  try {
    await app.loadModels();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}${toWayOut(error, config)}`, { cause: error });
  }
}

/** What is a limit names its setting; what the file may be to blame for has the command that mends it. */
function toWayOut(error: unknown, { model }: Config): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  if (error.message.includes('SIGKILL')) {
    return ' The system may have ended it because memory is short: give it fewer slots (slots) or a shorter context (contextLength).';
  }
  const mayBeDamaged = error.code === 'engine_crashed' || error.code === 'model_unavailable';
  return mayBeDamaged ? ` If the file is damaged, \`gravix pull ${model} --force\` pulls it anew.` : '';
}
