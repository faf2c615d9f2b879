// The second entry of the engine process: answers one question and exits. The native library is loaded here and not
// in the process that asks, because a library that doesn't fit the machine may crash its process without an error.
import { readFileSync } from 'node:fs';
import type { EngineAnswers, EngineQuestion, EngineReply, EngineRuntime } from '../engine-question.ts';
import { type Binding, openBinding } from './model/binding.ts';
import { chooseContext } from './model/choose-context.ts';

async function answer(question: EngineQuestion): Promise<EngineAnswers[EngineQuestion['question']]> {
  const binding = await openBinding();
  switch (question.question) {
    case 'engine':
      return toRuntime(binding);
    case 'memory': {
      const model = await binding.measureModel(question.options.modelPath);
      const choice = await chooseContext(model, question.options, binding.mathCores);
      const { context, ...need } = choice;
      return { ...need, modelBytes: model.modelBytes, contextLength: context.contextLength };
    }
  }
}

function toFailure(error: unknown): EngineReply<never> {
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}

function toRuntime({ release, systemInfo, mathCores }: Binding): EngineRuntime {
  return { release, systemInfo, mathCores, cpuVariant: findCpuVariant() };
}

/** The library loads one of several builds and does not report which one. The memory map shows it. */
function findCpuVariant(): string | undefined {
  try {
    return /libggml-cpu-([\w-]+)\.so/.exec(readFileSync('/proc/self/maps', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function reply(message: EngineReply<unknown>): void {
  process.send?.(message, () => process.exit(0));
}

// Without a parent, the answer has no receiver.
process.on('disconnect', () => process.exit(0));

const question: EngineQuestion = JSON.parse(process.argv[2] ?? '{}');
answer(question).then(
  (found) => reply({ type: 'answer', answer: found }),
  (error: unknown) => reply(toFailure(error)),
);
