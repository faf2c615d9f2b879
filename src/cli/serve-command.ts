import type { Command } from 'commander';
import { createAppOutput } from '../app/app-output.ts';
import type { CommandName } from '../app/command-name.ts';
import { openModelLibrary } from '../app/open-model-library.ts';
import { listEmbeddedModels } from '../app/upstreams/list-embedded-models.ts';
import type { App } from '../app.ts';
import { assertModelFits, readMachineMemoryBytes } from '../catalog/assert-model-fits.ts';
import type { SizedModel } from '../catalog/list-sized-models.ts';
import { readModelMemoryBytes } from '../catalog/model-memory.ts';
import { suggestModel } from '../catalog/suggest-model.ts';
import type { Config } from '../config/config.ts';
import type { CommandContext } from './command-context.ts';
import { ensureModel } from './ensure-model.ts';
import { findFewDescriptors } from './few-descriptors.ts';
import { hasTerminal } from './has-terminal.ts';
import { createReloadSignal, type ReloadSignal } from './reload-signal.ts';
import {
  type Announcer,
  toFirstKeyAnnouncement,
  toReadyAnnouncement,
  toStoppingAnnouncement,
} from './serve-announcements.ts';
import { addSettingOptions, toSettings } from './setting-options.ts';
import { createStopSignal, StoppedBySignal, type StopSignal } from './stop-signal.ts';

/**
 * `gravix serve`: pulls the model if it is missing, creates the first key, and serves until it is stopped.
 */
export function registerServeCommand(program: Command, context: CommandContext): void {
  const command = program.command('serve').description('serve the API');
  addSettingOptions(command).action(async (options: Record<string, unknown>) => {
    // The end of a terminal stops the server. Without one, SIGHUP is the usual word for a reload.
    const reload = hasTerminal() ? undefined : createReloadSignal();
    const stop = createStopSignal(reload?.ask);
    try {
      const loadConfig = () => context.loadConfig(toSettings(options));
      const config = loadConfig();
      // A second signal ends the process and the engine processes, whatever is still pending.
      const ended = stop.hurried.then((reason) => Promise.reject(reason));
      await Promise.race([serve(context, config, { stop, reload, loadConfig }), ended]);
    } catch (error) {
      // A stop during startup is requested and not a failure.
      const isHurried = error instanceof StoppedBySignal && error !== stop.signal.reason;
      if (!stop.signal.aborted || isHurried) {
        throw error;
      }
    } finally {
      stop.close();
    }
  });
}

interface ServeSignals {
  readonly stop: StopSignal;
  /** Undefined: nothing asks for a reload. */
  readonly reload: ReloadSignal | undefined;
  readonly loadConfig: () => Config;
}

async function serve(
  context: CommandContext,
  config: Config,
  { stop, reload, loadConfig: readConfig }: ServeSignals,
): Promise<void> {
  const { commandName } = context;
  const modelName = await ensureModels(context, config, stop.signal);
  const { logging, announcer, hideSecrets, loadConfig } = createAppOutput(config, readConfig);
  try {
    // The server is large: other commands of this program start without it.
    const { startApp } = await import('../app.ts');
    const app = await startApp({
      config,
      commandName,
      logger: logging.logger,
      hideSecrets,
      modelName,
      loadConfig,
    });
    reload?.listen(() => app.reloadConfig());
    const outside = app.addresses.filter(({ isLoopback }) => !isLoopback).map(({ url }) => url);
    if (outside.length > 0) {
      logging.logger.warn(
        { addresses: outside },
        'other machines can reach this server over plain HTTP, which exposes keys and conversations on the network; use a TLS proxy, or listen on 127.0.0.1',
      );
    }
    const few = findFewDescriptors(config);
    if (few !== undefined) {
      logging.logger.warn(
        few,
        'this process may open too few files for connectionsMax; raise the limit (LimitNOFILE of systemd, ulimit -n), or lower connectionsMax',
      );
    }
    await serveApp(app, { config, commandName, modelName, announcer, stop });
  } finally {
    await announcer.close();
    await logging.close();
  }
}

/** Finds or pulls the installed models that this configuration needs, and names the one to load first, if there is one. */
async function ensureModels(
  { errorOutput }: CommandContext,
  config: Config,
  signal: AbortSignal,
): Promise<string | undefined> {
  const embedded = listEmbeddedModels(config);
  const first = config.loadsModel ? config.model : undefined;
  let firstName: string | undefined;
  for (const name of new Set(first === undefined ? embedded : [first, ...embedded])) {
    const model = await ensureModel({ config, name, signal, errorOutput });
    assertModelFits(model.name, model.facts, readMachineMemoryBytes());
    if (name === first) firstName = model.name;
  }
  return firstName;
}

interface Serving {
  readonly commandName: CommandName;
  readonly config: Config;
  readonly modelName: string | undefined;
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
      const signInUrl = announcer.isTerminal ? app.createSignInUrl() : undefined;
      announcer.tell(toReadyAnnouncement(app, config, { model: modelName, larger, signInUrl, commandName }));
    }
    await stop.stopped;
    announcer.tell(toStoppingAnnouncement(app.runningRequests(), config.drainMsMax));
  } finally {
    await app.close();
  }
}

/**
 * Suggests a larger model if the operator has not chosen one. The small default keeps the first start short.
 */
async function findLargerModel(config: Config): Promise<SizedModel | undefined> {
  if (config.isModelChosen || !config.loadsModel) return undefined;
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

/** Adds the setting behind a limit, or the command that repairs a damaged file. */
function toWayOut(error: unknown, { model }: Config): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  if (error.message.includes('SIGKILL')) {
    return ' The system may have killed it because memory is short: set fewer slots (slots) or a shorter context (contextLength).';
  }
  const mayBeDamaged = error.code === 'engine_crashed' || error.code === 'model_unavailable';
  return mayBeDamaged ? ` If the file is damaged, \`gravix pull ${model} --force\` downloads it again.` : '';
}
