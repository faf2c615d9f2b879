import { BackendError } from '../../../backend/backend-error.ts';
import type { GenerationRequest, ReasoningLimit } from '../../../backend/generation-request.ts';
import { placed } from '../../../backend/placed-text.ts';
import type { ToolUse } from '../../../backend/tool.ts';
import { UnsupportedSchemaError } from '../../../grammar/gbnf/unsupported-schema-error.ts';
import type { ReasoningTags } from '../../reasoning/reasoning-tags.ts';
import type { NativeGrammarState } from '../model/binding.ts';
import type { EngineModel } from '../model/engine-model.ts';
import type { AnswerStart } from '../prompt/prompt.ts';
import { createReasoningSplitter } from '../reasoning/create-reasoning-splitter.ts';
import type {
  CallableTool,
  ToolCallFormat,
  ToolCallParser,
  WantedCalls,
} from '../tool-calls/tool-call-format.ts';
import { type AnswerMark, type AnswerReader, createAnswerReader } from './create-answer-reader.ts';
import { createTriggerWatch } from './create-trigger-watch.ts';
import { checkJoined, joinGrammars } from './join-grammars.ts';
import { openGrammar } from './open-grammar.ts';
import { openGrammarAfterTrigger } from './open-grammar-after-trigger.ts';
import { toCallableTools } from './to-callable-tools.ts';

/** How the answer to one request is held and read. */
export interface OpenedAnswer {
  /** Of the answer from its first token; undefined: free text, at first. */
  readonly grammar: NativeGrammarState | undefined;
  /** Never drawn within a grammar. */
  readonly refusedTokens: Uint32Array;
  /** Never drawn. */
  readonly barredTokens: Uint32Array;
  /** Undefined if the answer has neither reasoning nor calls: all text is content. */
  readonly reading: AnswerReading | undefined;
  readonly mayCall: boolean;
}

export interface AnswerReading {
  readonly reader: AnswerReader;
  /** The text of control tokens that are part of calls or surround reasoning. */
  readonly markerBytes: ReadonlyMap<number, Uint8Array>;
  /** The grammar that begins here; undefined: none, or none any more. */
  openAt(mark: AnswerMark): NativeGrammarState | undefined;
}

export type AnswerModel = Pick<
  EngineModel,
  'bound' | 'vocabulary' | 'toolCalls' | 'reasoningTags' | 'callMarkers' | 'callBeginnings' | 'thoughtMarkers'
>;

/** Throws a `BackendError` with `unsupported_grammar` for what a grammar can't hold. */
export function openAnswer(
  model: AnswerModel,
  request: Pick<
    GenerationRequest,
    'prompt' | 'grammar' | 'toolUse' | 'stop' | 'topLogprobs' | 'reasoning' | 'ending'
  >,
  start: AnswerStart,
): OpenedAnswer {
  const { toolCalls, reasoningTags } = model;
  assertCanThink(reasoningTags, request.reasoning);
  const beginsInThought = start === 'thought';
  const calling = openCalling(toolCalls, request);
  const grammarText = calling === undefined ? request.grammar : calling.grammar;
  const grammar = openGrammar(model.bound, grammarText);
  // A grammar that starts with the first token leaves no room for reasoning. The continuation of a raw prompt
  // is raw too.
  const mayThink = request.prompt.kind === 'chat' && (grammar === undefined || beginsInThought);
  const tags = mayThink ? reasoningTags : undefined;
  const knownNames = calling === undefined ? listKnownNames(request) : undefined;
  const barredTokens = knownNames === undefined ? new Uint32Array() : model.callBeginnings;
  // A form of the answer is kept, whatever a text in it says.
  const parser = openParser(toolCalls, calling, grammarText === undefined ? knownNames : undefined);
  const markers = parser === undefined ? model.thoughtMarkers : model.callMarkers;
  const refusedTokens = calling === undefined ? model.vocabulary.silentTokens : markers.refused;
  if (parser === undefined && tags === undefined) {
    return { grammar, refusedTokens, barredTokens, reading: undefined, mayCall: false };
  }
  const isLater = grammar !== undefined && beginsInThought;
  const isFree = calling !== undefined && grammar === undefined;
  const reader = createAnswerReader({
    splitter:
      tags &&
      createReasoningSplitter(tags, { startsInside: beginsInThought, startsInText: start === 'text' }),
    parser,
    isCallsOnly: calling?.isRequired ?? false,
    triggers: isFree ? createTriggerWatch(toolCalls.triggers(calling.tools)) : undefined,
    stop: request.stop,
    freeTokens: request.ending.minTokens,
    wantsLogprobs: request.topLogprobs !== undefined,
    dropsTextAtThoughtEnd: isLater,
  });
  let later = isLater ? grammar : undefined;
  const openAt = (mark: AnswerMark) => {
    if (mark.kind === 'trigger') {
      const opened = calling && openGrammarAfterTrigger(model, mark, calling.wanted);
      if (opened !== undefined) reader.expectCallsOnly();
      return opened;
    }
    const opened = later;
    later = undefined;
    return opened;
  };
  const reading = { reader, markerBytes: markers.bytes, openAt };
  return {
    grammar: isLater ? undefined : grammar,
    refusedTokens,
    barredTokens,
    reading,
    mayCall: calling !== undefined,
  };
}

/** Of the tools that the model is shown, or whose calls it is shown; undefined where it need not think of calls. */
function listKnownNames({
  prompt,
  toolUse,
}: Pick<GenerationRequest, 'prompt' | 'toolUse'>): readonly string[] | undefined {
  if (prompt.kind !== 'chat') return undefined;
  const made = prompt.messages.flatMap(({ toolCalls = [] }) => toolCalls);
  if (toolUse === undefined && made.length === 0) return undefined;
  return [...new Set([...(toolUse?.tools ?? []), ...made].map(({ name }) => name))];
}

function openParser(
  format: ToolCallFormat,
  calling: Calling | undefined,
  knownNames: readonly string[] | undefined,
): ToolCallParser | undefined {
  if (calling !== undefined) {
    return format.createParser({ tools: calling.tools, isHeld: !calling.isRequired });
  }
  const tools = knownNames?.map((name) => ({ name, parameters: [] }));
  return tools && format.createParser({ tools, isBarred: true });
}

/** Only `none` is what a model that never thinks does; a number of tokens is kept to by any that does not. */
function assertCanThink(tags: ReasoningTags | undefined, limit: ReasoningLimit | undefined): void {
  const effort = limit?.effort ?? 'none';
  if (tags === undefined && effort !== 'none') {
    throw new BackendError(
      'unsupported_reasoning',
      placed`Unsupported parameter: '${{ kind: 'reasoning-effort' }}' is not supported with this model, because it does not think. Leave it out, or send 'none'.`,
    );
  }
}

interface Calling {
  readonly tools: readonly CallableTool[];
  readonly wanted: WantedCalls;
  readonly isRequired: boolean;
  /**
   * The grammar of the answer: calls, or the text that the request's grammar allows besides calls. Undefined
   * for free text.
   */
  readonly grammar: string | undefined;
}

/** Undefined where no tool may be called. */
function openCalling(
  format: ToolCallFormat,
  { toolUse, grammar }: Pick<GenerationRequest, 'toolUse' | 'grammar'>,
): Calling | undefined {
  if (toolUse === undefined || toolUse.choice === 'none') {
    return undefined;
  }
  const tools = toCallableTools(format, toolUse);
  const wanted: WantedCalls = {
    tools,
    isParallel: toolUse.isParallel && format.isParallelPossible,
    callsMax: toolUse.callsMax,
  };
  return {
    tools,
    wanted,
    isRequired: toolUse.choice === 'required',
    grammar: refuseUnsupported(() => toGrammar(format, wanted, toolUse.choice, grammar)),
  };
}

function toGrammar(
  format: ToolCallFormat,
  wanted: WantedCalls,
  choice: ToolUse['choice'],
  grammar: string | undefined,
): string | undefined {
  if (choice === 'required') return checkJoined(format.toGrammar(wanted));
  return grammar === undefined ? undefined : checkJoined(joinGrammars(format.toGrammar(wanted), grammar));
}

function refuseUnsupported<Result>(make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (error instanceof UnsupportedSchemaError) {
      throw new BackendError('unsupported_grammar', error.message, { cause: error });
    }
    throw error;
  }
}
