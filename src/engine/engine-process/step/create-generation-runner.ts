import { BackendError } from '../../../backend/backend-error.ts';
import { unpackRequest } from '../../engine-request.ts';
import { answerAtOnce, type EngineRunner, type EngineRunnerParts, toFailure } from '../engine-runner.ts';
import type { EngineModel } from '../model/engine-model.ts';
import { runTextTask } from '../run-text-task.ts';
import { createScheduler } from './scheduler.ts';

/** Serves a model that generates text. */
export function createGenerationRunner(model: EngineModel, parts: EngineRunnerParts): EngineRunner {
  const { report } = parts;
  const { facts, vocabulary, tokenizer } = model;
  const scheduler = createScheduler({ model, ...parts });
  const textModel = { vocabulary, tokenizer, prompts: model, contextLength: facts.contextLength };
  return {
    facts,
    run: (command) => {
      switch (command.type) {
        case 'generate':
          return scheduler.submit(unpackRequest(command.request), command.queueWaitMs);
        case 'cancel':
          return scheduler.cancel(command.id);
        case 'task': {
          const { id, task } = command;
          return task.kind === 'embed'
            ? report([{ id, type: 'failed', failure: toFailure(createRefusal()) }])
            : answerAtOnce(id, () => runTextTask(textModel, task), report);
        }
      }
    },
  };
}

function createRefusal(): BackendError {
  return new BackendError(
    'unsupported_model',
    'This model generates text and makes no embeddings. Ask a model that is made for them.',
  );
}
