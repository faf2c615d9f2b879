// The engine process's second entry: answers one question and ends, or stays for many about grammars. The native library is loaded here, and not in
// the process that asks, because one that doesn't fit the machine may end its process without an error.
import { readFileSync } from 'node:fs';
import type {
  EngineAnswers,
  EngineQuestion,
  EngineReply,
  EngineRuntime,
  GrammarQuestion,
  GrammarsQuestion,
} from '../engine-question.ts';
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

async function answerGrammars(): Promise<void> {
  const binding = await openBinding();
  process.on('message', ({ grammar, texts }: GrammarQuestion) => {
    process.send?.(toReply(() => binding.matchTexts(grammar, texts)));
  });
  process.send?.({ type: 'answer', answer: 'ready' } satisfies EngineReply<string>);
}

function toReply<Answer>(find: () => Answer): EngineReply<Answer> {
  try {
    return { type: 'answer', answer: find() };
  } catch (error) {
    return toFailure(error);
  }
}

function toFailure(error: unknown): EngineReply<never> {
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}

function toRuntime({ release, systemInfo, mathCores }: Binding): EngineRuntime {
  return { release, systemInfo, mathCores, cpuVariant: findCpuVariant() };
}

/** The library picks one of several builds when it is loaded, and says nowhere which; the memory map does. */
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

// Without a parent there is nobody left to answer.
process.on('disconnect', () => process.exit(0));

const question: EngineQuestion | GrammarsQuestion = JSON.parse(process.argv[2] ?? '{}');
if (question.question === 'grammars') {
  answerGrammars().catch((error: unknown) => reply(toFailure(error)));
} else {
  answer(question).then(
    (found) => reply({ type: 'answer', answer: found }),
    (error: unknown) => reply(toFailure(error)),
  );
}
