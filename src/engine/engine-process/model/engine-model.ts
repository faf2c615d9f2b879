import { BackendError } from '../../../backend/backend-error.ts';
import type { EngineFacts } from '../../engine-message.ts';
import type { EngineOptions } from '../../engine-options.ts';
import { findReasoningTags } from '../../reasoning/find-reasoning-tags.ts';
import type { ReasoningTags } from '../../reasoning/reasoning-tags.ts';
import { findCallBeginnings } from '../answer/find-call-beginnings.ts';
import { createMarkerTokens, type MarkerTokens } from '../answer/marker-tokens.ts';
import { createBatchCosts } from '../drafts/batch-costs.ts';
import type { Drafting } from '../drafts/drafting.ts';
import { type ChatTemplate, createChatTemplate, genericTemplate } from '../prompt/chat-template.ts';
import { createPromptTokenizer, type PromptTokenizer } from '../prompt/prompt-tokens.ts';
import { type ThoughtEnds, toThoughtEnds } from '../reasoning/thought-limit.ts';
import { createLogprobReader, type LogprobReader } from '../step/logprob-reader.ts';
import { createStepPacer, type StepPacer } from '../step/step-pacer.ts';
import { createThreadGovernors, type ThreadGovernors } from '../step/thread-governor.ts';
import { findToolCallFormat } from '../tool-calls/find-tool-call-format.ts';
import type { ToolCallFormat } from '../tool-calls/tool-call-format.ts';
import type { Binding, BoundModel, NativeContext } from './binding.ts';
import { chooseContext, describeLack } from './choose-context.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';
import { type WarmUp, warmUp } from './warm-up.ts';

/** A model in memory with everything that a request needs of it. */
export interface EngineModel {
  readonly bound: BoundModel;
  readonly vocabulary: Vocabulary;
  readonly template: ChatTemplate;
  readonly templateText: string;
  readonly tokenizer: PromptTokenizer;
  readonly toolCalls: ToolCallFormat;
  /** Undefined for a model that is not known to think. */
  readonly reasoningTags: ReasoningTags | undefined;
  /** Undefined where the tags are. */
  readonly thoughtEnds: ThoughtEnds | undefined;
  readonly thoughtMarkers: MarkerTokens;
  /** Of calls and of reasoning. */
  readonly callMarkers: MarkerTokens;
  /** Tokens that begin a call by themselves. */
  readonly callBeginnings: Uint32Array;
  readonly context: NativeContext;
  /** Native tasks run one at a time in queue order. */
  readonly hasOnePoolThread: boolean;
  readonly logprobs: LogprobReader;
  /** The most that a step uses. */
  readonly threads: number;
  readonly governors: ThreadGovernors;
  readonly pacer: StepPacer;
  readonly stepMsTarget: number;
  /** Undefined: switched off, or sequences of this model can't be cut back. */
  readonly drafting: Drafting | undefined;
  readonly facts: EngineFacts;
}

export async function loadEngineModel(
  binding: Binding,
  bound: BoundModel,
  options: EngineOptions,
  hasOnePoolThread = false,
): Promise<EngineModel> {
  const vocabulary = createVocabulary(bound.native, bound.vocabularySize);
  const choice = await chooseContext(bound, options, binding.mathCores);
  if (!choice.isEnough) {
    const { slots } = options;
    const size = `${slots} ${slots === 1 ? 'slot' : 'slots'} of ${choice.context.contextLength} tokens`;
    const lack = `${size} ${describeLack(choice)}. Give it fewer slots (slots) or a shorter context (contextLength).`;
    throw new BackendError('insufficient_memory', `The model does not fit into memory: ${lack}`);
  }
  const contextOptions = choice.context;
  const templateText = bound.chatTemplate ?? genericTemplate;
  const template = openTemplate(binding, templateText, bound, vocabulary);
  const context = await bound.createContext(contextOptions);
  const { piece, oneTokenMs, canCut } = await warmUp(context);
  const toolCalls = findToolCallFormat(templateText, template.renderExactly);
  const reasoningTags = findReasoningTags(templateText);
  const thoughtTexts = listTagTexts(reasoningTags);
  const tokenizer = createPromptTokenizer(vocabulary);
  const pacer = createStepPacer(options.stepMsTarget, options.batchTokensMax - options.slots);
  pacer.record(piece);
  return {
    bound,
    vocabulary,
    template,
    templateText,
    toolCalls,
    reasoningTags,
    thoughtMarkers: createMarkerTokens(vocabulary, thoughtTexts),
    callMarkers: createMarkerTokens(vocabulary, [...thoughtTexts, ...toolCalls.markers]),
    callBeginnings: findCallBeginnings(vocabulary, toolCalls.triggers([])),
    thoughtEnds: reasoningTags && toThoughtEnds(reasoningTags, tokenizer),
    tokenizer,
    context,
    hasOnePoolThread,
    logprobs: createLogprobReader(bound, context, vocabulary),
    threads: contextOptions.threads,
    governors: createThreadGovernors(contextOptions.threads),
    pacer,
    stepMsTarget: options.stepMsTarget,
    drafting: canCut ? createDrafting(options, contextOptions.threads, oneTokenMs, piece) : undefined,
    facts: {
      task: 'generate',
      contextLength: contextOptions.contextLength,
      slots: options.slots,
      vocabularySize: bound.vocabularySize,
      release: binding.release,
      tokenBytesMax: vocabulary.tokenBytesMax,
      hasOwnTemplate: bound.chatTemplate !== undefined,
      argumentsNotation: toolCalls.notation,
    },
  };
}

function createDrafting(
  { draftTokensMax }: EngineOptions,
  threadsMax: number,
  oneTokenMs: number,
  { prefillTokens: tokens, elapsedMs }: WarmUp['piece'],
): Drafting | undefined {
  const measured = { threadsMax, oneTokenMs, piece: { tokens, elapsedMs } };
  return draftTokensMax === 0 ? undefined : { tokensMax: draftTokensMax, costs: createBatchCosts(measured) };
}

function openTemplate(
  binding: Binding,
  text: string,
  bound: BoundModel,
  vocabulary: Vocabulary,
): ChatTemplate {
  const begin = vocabulary.beginToken;
  return createChatTemplate(binding.compileTemplate(text), {
    beginText: begin === undefined ? '' : vocabulary.tokenText(begin),
    endText: vocabulary.tokenText(bound.native.tokenEos()),
  });
}

function listTagTexts(tags: ReasoningTags | undefined): readonly string[] {
  return tags === undefined ? [] : [tags.start, tags.end, ...(tags.hidden ?? [])];
}
