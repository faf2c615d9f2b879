import { BackendError } from '../../../backend/backend-error.ts';
import { answerAtOnce, type EngineRunner, type EngineRunnerParts, toFailure } from '../engine-runner.ts';
import { createPromptTokenizer } from '../prompt/prompt-tokens.ts';
import { runTextTask } from '../run-text-task.ts';
import type { EmbeddingModel } from './embedding-model.ts';
import { createEmbeddingScheduler } from './embedding-scheduler.ts';

/** Serves a model that makes embeddings, and refuses what asks for text. */
export function createEmbeddingRunner(model: EmbeddingModel, parts: EngineRunnerParts): EngineRunner {
  const { report } = parts;
  const { facts, vocabulary } = model;
  const scheduler = createEmbeddingScheduler({ model, report, toFailure });
  const tokenizer = createPromptTokenizer(vocabulary);
  const textModel = { vocabulary, tokenizer, prompts: createRefusal(), contextLength: facts.contextLength };
  return {
    facts,
    run: (command) => {
      switch (command.type) {
        case 'generate': {
          const { id } = command.request;
          return report([
            { id, type: 'failed', failure: toFailure(createRefusal()) },
            { id, type: 'released' },
          ]);
        }
        case 'cancel':
          return scheduler.cancel(command.id);
        case 'task': {
          const { id, task } = command;
          return task.kind === 'embed'
            ? scheduler.submit(id, task.inputs, task.callerId)
            : answerAtOnce(id, () => runTextTask(textModel, task), report);
        }
      }
    },
  };
}

function createRefusal(): BackendError {
  return new BackendError(
    'unsupported_model',
    'This model makes embeddings and generates no text. Ask a model that is made for it.',
  );
}
