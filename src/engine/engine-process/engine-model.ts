import { BackendError } from '../../backend/backend-error.ts';
import type { EngineFacts } from '../engine-message.ts';
import type { EngineOptions } from '../engine-options.ts';
import {
  type Binding,
  type BoundContextOptions,
  type BoundModel,
  type NativeContext,
  openBinding,
} from './binding.ts';
import { type ChatTemplate, createChatTemplate, genericTemplate } from './chat-template.ts';
import { createPromptTokenizer, type PromptTokenizer } from './prompt-tokens.ts';
import { createThreadGovernor, type ThreadGovernor } from './thread-governor.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';
import { warmUp } from './warm-up.ts';

/** A model in memory with everything that a request needs of it. */
export interface EngineModel {
  readonly bound: BoundModel;
  readonly vocabulary: Vocabulary;
  readonly template: ChatTemplate;
  readonly tokenizer: PromptTokenizer;
  readonly context: NativeContext;
  readonly governor: ThreadGovernor;
  readonly facts: EngineFacts;
}

/** Context per slot where neither the model nor the operator says less. */
const contextLengthDefault = 8192;
/** Less than this is no use for a conversation. */
const contextLengthMin = 512;
/** Share of the free memory that the KV cache may take. */
const memoryShareMax = 0.8;

export async function loadEngineModel(options: EngineOptions): Promise<EngineModel> {
  const binding = await openBinding();
  const bound = await binding.loadModel(options.modelPath);
  const vocabulary = createVocabulary(bound.native, bound.vocabularySize);
  const contextOptions = await chooseContext(bound, options, binding.mathCores);
  const context = await bound.createContext(contextOptions);
  const governor = createThreadGovernor(
    contextOptions.threads,
    await warmUp(context, contextOptions.threads),
  );
  return {
    bound,
    vocabulary,
    template: openTemplate(binding, bound, vocabulary),
    tokenizer: createPromptTokenizer(vocabulary),
    context,
    governor,
    facts: {
      contextLength: contextOptions.contextLength,
      slots: options.slots,
      release: binding.release,
      tokenBytesMax: vocabulary.tokenBytesMax,
      hasOwnTemplate: bound.chatTemplate !== undefined,
    },
  };
}

function openTemplate(binding: Binding, bound: BoundModel, vocabulary: Vocabulary): ChatTemplate {
  const begin = vocabulary.beginToken;
  return createChatTemplate(binding.compileTemplate(bound.chatTemplate ?? genericTemplate), {
    beginText: begin === undefined ? '' : vocabulary.tokenText(begin),
    endText: vocabulary.tokenText(bound.native.tokenEos()),
  });
}

/** Halves the context until it fits: a shorter one serves, an out-of-memory kill ends everything. */
async function chooseContext(
  bound: BoundModel,
  options: EngineOptions,
  mathCores: number,
): Promise<BoundContextOptions> {
  const fixed = {
    sequences: options.slots,
    batchTokensMax: options.batchTokensMax,
    flashAttention: options.flashAttention,
    threads: options.threads ?? mathCores,
  };
  const wanted = options.contextLength ?? Math.min(bound.trainContextLength, contextLengthDefault);
  const freeBytes = process.availableMemory() * memoryShareMax;
  for (
    let contextLength = wanted;
    contextLength >= contextLengthMin;
    contextLength = Math.floor(contextLength / 2)
  ) {
    const candidate = { ...fixed, contextLength };
    if ((await bound.estimateContextBytes(candidate)) <= freeBytes) {
      return candidate;
    }
    if (options.contextLength !== undefined) {
      break;
    }
  }
  throw new BackendError(
    'insufficient_memory',
    `The model does not fit into memory with ${options.slots} slots of ${options.contextLength ?? contextLengthMin} tokens. Give it fewer slots or a shorter context.`,
  );
}
