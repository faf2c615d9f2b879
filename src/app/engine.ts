import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { Config } from '../config/config.ts';
import { EngineClient, type EngineLogEvent } from '../engine/engine-client.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import { createEngineProcessStarter } from '../engine/engine-process-handle.ts';
import type { Logger } from '../telemetry/logger.ts';
import { readVersion } from './version.ts';

const engineLogLevels = {
  'engine-ready': 'info',
  'engine-rested': 'debug',
  'engine-output': 'warn',
  'engine-restart-failed': 'error',
  'engine-crashed': 'error',
} as const satisfies Record<EngineLogEvent, string>;

export interface EngineHooks {
  /** Throws if the model can't be loaded; called before each restart after a crash. */
  readonly prepare: () => Promise<void>;
  readonly onCrash: () => void;
}

/**
 * Creates the client of an engine process. Nothing runs before `start`.
 */
export function createEngine(
  config: Config,
  logger: Logger,
  model: InstalledModel,
  { prepare, onCrash }: EngineHooks,
): EngineClient {
  const { contextLength } = config;
  const trainedContextLength = model.facts.contextLength;
  if (!model.facts.isEmbedding && isBeyondTraining(contextLength, trainedContextLength)) {
    logger.warn(
      { model: model.name, contextLength, trainedContextLength },
      'contextLength is beyond what the model was trained for: what it writes there may make no sense',
    );
  }
  return new EngineClient({
    options: toEngineOptions(config, model),
    limits: config,
    version: readVersion(),
    prepareRestart: prepare,
    startProcess: createEngineProcessStarter(config.childEnvironment),
    log: (event, detail, requestIds) => {
      if (event === 'engine-crashed') onCrash();
      logger[engineLogLevels[event]]({ model: model.name, detail, requestIds }, event);
    },
  });
}

/**
 * An embedding model never gets a longer context than it was trained for. A model may not state that length.
 */
function isBeyondTraining(wanted: number | undefined, trained: number | undefined): boolean {
  return wanted !== undefined && trained !== undefined && wanted > trained;
}

export function toEngineOptions(config: Config, model: InstalledModel): EngineOptions {
  const { gpu, slots, contextLength, threads, flashAttention, batchTokensMax, stepMsTarget } = config;
  const { draftTokensMax } = config;
  return {
    modelPath: model.path,
    ...(gpu === 'off' ? {} : { gpu }),
    slots,
    contextLength,
    threads,
    flashAttention,
    batchTokensMax,
    stepMsTarget,
    draftTokensMax,
  };
}
