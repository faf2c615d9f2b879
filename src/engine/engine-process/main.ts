// The engine process: one loaded model, controlled by messages from the service.
//
// It is a separate process, so a native crash ends the requests of one model and not the service, and the
// event loop of the service never waits for a decode. The parent starts it with UV_THREADPOOL_SIZE=1: decodes
// and samples run on libuv's pool, and one thread runs them in queue order.
import { BackendError } from '../../backend/backend-error.ts';
import type { EngineCommand, EngineFailure, EngineMessage } from '../engine-message.ts';
import type { EngineOptions } from '../engine-options.ts';
import { createEmbeddingRunner } from './embeddings/create-embedding-runner.ts';
import { loadEmbeddingModel } from './embeddings/embedding-model.ts';
import type { EngineRunnerParts } from './engine-runner.ts';
import { openBinding } from './model/binding.ts';
import { loadEngineModel } from './model/engine-model.ts';
import { createGenerationRunner } from './step/create-generation-runner.ts';

async function runEngineProcess(options: EngineOptions): Promise<void> {
  const binding = await openBinding(options.gpu);
  const bound = await binding.loadModel(options.modelPath);
  const parts: EngineRunnerParts = {
    report: (items, running) => tell({ type: 'progress', items, ...running }),
    rest: (counts) => tell({ type: 'rested', counts }),
    fail: (error) => {
      process.stderr.write(`engine: ${error instanceof Error ? error.stack : String(error)}\n`);
      // Not process.exit: it waits for the native call that runs, which may never end.
      process.kill(process.pid, 'SIGKILL');
    },
  };
  const { facts, run } = bound.isForEmbeddings
    ? createEmbeddingRunner(await loadEmbeddingModel(binding, bound, options), parts)
    : createGenerationRunner(await loadEngineModel(binding, bound, options, true), parts);
  process.on('message', (command: EngineCommand) => run(command));
  tell({ type: 'ready', facts });
}

function tell(message: EngineMessage): void {
  process.send?.(message);
}

function toFailure(error: unknown): EngineFailure {
  if (error instanceof BackendError) {
    return { code: error.code, message: error.sentence, place: error.place };
  }
  const reason = error instanceof Error ? error.message : String(error);
  // llama.cpp says it without a full stop.
  return { code: 'engine_crashed', message: `The model could not be loaded: ${reason.replace(/\.*$/, '.')}` };
}

// A terminal's Ctrl-C, and its end, reach the whole group: the parent decides when this process ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});
// Without a parent, there is no receiver for the results.
process.on('disconnect', () => process.exit(0));

const options: EngineOptions = JSON.parse(process.argv[2] ?? '{}');
runEngineProcess(options).catch((error: unknown) => {
  process.send?.({ type: 'load-failed', failure: toFailure(error) } satisfies EngineMessage, () =>
    process.exit(1),
  );
});
