import type {
  FinishEvent,
  FinishReason,
  GeneratedTokens,
  GenerationEvent,
  TokenUsage,
} from '../../../backend/generation-event.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import type { AskedAnswer } from './asked-answer.ts';
import { createDeltaWriter } from './delta-writer.ts';
import { createEchoReader, type EchoReader, toGenerated } from './echo-reader.ts';
import { readFinishReason } from './finish-reasons.ts';
import { asText, readContentParts } from './read-answer-parts.ts';
import { readChatLogprobs, readCompletionLogprobs } from './read-upstream-logprobs.ts';
import { isEchoAsked } from './to-upstream-request.ts';
import { createToolCallReader, type ToolCallReader } from './tool-call-reader.ts';
import { UpstreamFormatError } from './upstream-error.ts';

/** Reads one choice of an answer, and gives out its events. */
export interface ChoiceReader {
  /** A choice of a chunk or of a whole answer. */
  read(choice: JsonObject, told: ToldUsage | undefined): void;
  /** No more will come. */
  end(): void;
  /** Gives out the last event. */
  finish(usage: TokenUsage): void;
  hasReason(): boolean;
  /** Tokens of this choice so far: as the upstream tells them, else as its pieces say. */
  generated(): GeneratedTokens;
}

/** The usage that came with a chunk, as far as it is known to be of this choice. */
export interface ToldUsage {
  readonly promptTokens: number | undefined;
  readonly cachedTokens: number | undefined;
  readonly generated: GeneratedTokens | undefined;
}

export function createChoiceReader(asked: AskedAnswer, emit: (event: GenerationEvent) => void): ChoiceReader {
  const { topLogprobs } = asked.request;
  const writer = createDeltaWriter(asked.request, emit);
  const echo = toEchoReader(asked, emit);
  let isStarted = false;
  let hasPart = false;
  let reason: FinishReason | undefined;
  let calls: ToolCallReader | undefined;
  let hasRefused = false;
  let stopSequence: string | undefined;

  const readCalls = (list: readonly unknown[], isWhole: boolean): void => {
    if (asked.request.toolUse === undefined) {
      throw new UpstreamFormatError('The upstream called a tool, and the request has none.');
    }
    calls ??= createToolCallReader({ emit: writer.write, isUsedId: toIsUsedId(asked) });
    writer.countCall();
    if (isWhole) calls.readMessage(list);
    else calls.readDelta(list);
  };

  const readMessage = (message: JsonObject, logprobs: unknown, isWhole: boolean): void => {
    const parts = readContent(message);
    writer.writeReasoning(parts.reasoning);
    hasRefused ||= parts.refusal !== '';
    const list = toCallList(message);
    const text = parts.text + parts.refusal;
    // Tokens of reasoning and of calls are no tokens of the text.
    const isOfText = text !== '' || (parts.reasoning === '' && list === undefined);
    const tokens = topLogprobs !== undefined && isOfText ? readChatLogprobs(logprobs, topLogprobs) : [];
    writer.writeText(text, tokens);
    if (list !== undefined) readCalls(list, isWhole);
  };

  const readCompletion = (choice: JsonObject, promptTokens: number | undefined): void => {
    const text = asText(choice['text']);
    const tokens = topLogprobs === undefined ? [] : readCompletionLogprobs(choice['logprobs'], topLogprobs);
    const part = echo?.read(text, tokens, promptTokens) ?? { text, logprobs: tokens.map(toGenerated) };
    // llama-server makes one token where none was asked for.
    if (asked.request.maxTokens !== 0) writer.writeText(part.text, part.logprobs);
  };

  return {
    read: (choice, told) => {
      if (told?.generated !== undefined) writer.tell(told.generated);
      if (!isStarted) start(asked, told, emit);
      isStarted = true;
      const { delta, message } = choice;
      hasPart ||= hasAnswerPart(choice);
      if (isJsonObject(delta)) readMessage(delta, choice['logprobs'], false);
      else if (isJsonObject(message)) readMessage(message, choice['logprobs'], true);
      else readCompletion(choice, told?.promptTokens);
      reason = toCutReason(reason, readFinishReason(choice['finish_reason']));
      // vLLM's name for the stop sequence that was met; a token that ended the answer is a number.
      const met = choice['stop_reason'];
      if (typeof met === 'string' && asked.request.stop.includes(met)) stopSequence = met;
    },
    end: () => {
      if (reason === undefined) throw new UpstreamFormatError('The upstream cut an answer off.');
      if (!hasPart) throw new UpstreamFormatError('The upstream sent an answer without a message.');
      writer.end();
      calls?.end();
      if (writer.lacksLogprobs()) throw new UpstreamFormatError('The upstream gave no log-probabilities.');
    },
    finish: (usage) =>
      emit(
        withStopSequence(toFinish(reason ?? 'stop', calls !== undefined, hasRefused, usage), stopSequence),
      ),
    hasReason: () => reason !== undefined,
    generated: writer.generated,
  };
}

function start(
  { request: { prompt }, form }: AskedAnswer,
  { promptTokens, cachedTokens }: Partial<ToldUsage> = {},
  emit: (event: GenerationEvent) => void,
): void {
  emit({
    type: 'started',
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(promptTokens === undefined || cachedTokens === undefined ? {} : { cachedTokens }),
  });
  const isOurEcho = prompt.kind === 'text' && prompt.isEchoed && form.dialect.echo === 'text';
  if (isOurEcho) emit({ type: 'echo', text: prompt.text });
}

function toEchoReader(
  { request, form }: AskedAnswer,
  emit: (event: GenerationEvent) => void,
): EchoReader | undefined {
  const { prompt } = request;
  if (prompt.kind === 'chat' || !isEchoAsked(request, form.dialect)) return undefined;
  return createEchoReader(prompt, form.isStreamed, prompt.isEchoed ? emit : () => {});
}

interface MessageContent {
  readonly text: string;
  readonly reasoning: string;
  /** The text of a model that declines. */
  readonly refusal: string;
}

function readContent(message: JsonObject): MessageContent {
  const { content } = message;
  const refusal = asText(message['refusal']);
  const reasoning = asText(message['reasoning_content']) || asText(message['reasoning']);
  if (typeof content === 'string') return { text: content, reasoning, refusal };
  if (content === undefined || content === null) return { text: '', reasoning, refusal };
  if (!Array.isArray(content)) throw new UpstreamFormatError('The upstream sent content that is no text.');
  const parts = readContentParts(content);
  return { text: parts.text, reasoning: reasoning || parts.reasoning, refusal };
}

/**
 * Whether something of an answer is in the choice, or only its end.
 *
 * @throws {UpstreamFormatError} for something else in its place, which would be lost
 */
function hasAnswerPart({ delta, message, text }: JsonObject): boolean {
  const isOdd = (value: unknown) => value !== undefined && value !== null && !isJsonObject(value);
  if (isOdd(delta) || isOdd(message) || (typeof text !== 'string' && text !== undefined && text !== null)) {
    throw new UpstreamFormatError('The upstream sent a choice that is no part of an answer.');
  }
  return isJsonObject(delta) || isJsonObject(message) || typeof text === 'string';
}

/** A cut answer stays one, whatever else a server says of its end. */
function toCutReason(
  before: FinishReason | undefined,
  told: FinishReason | undefined,
): FinishReason | undefined {
  const isCut = before === 'length' || before === 'content-filter';
  return isCut && told !== 'content-filter' ? before : (told ?? before);
}

/** The calls of a message or of a delta, also in the older form; undefined: none. */
function toCallList(message: JsonObject): readonly unknown[] | undefined {
  const { tool_calls: listed, function_call: called } = message;
  const calls = Array.isArray(listed) ? listed.filter(isJsonObject) : [];
  if (calls.length > 0) return calls;
  return isJsonObject(called) ? [{ index: 0, function: called }] : undefined;
}

/** Truthful, whatever the upstream calls it: a few say `stop` after calls, and `tool_calls` without any. */
function toFinish(
  reason: FinishReason,
  hasCalls: boolean,
  hasRefused: boolean,
  usage: TokenUsage,
): FinishEvent {
  const isEnd = reason === 'stop' || reason === 'tool-calls';
  const made = hasCalls ? 'tool-calls' : hasRefused ? 'content-filter' : 'stop';
  return { type: 'finish', reason: isEnd ? made : reason, usage };
}

function withStopSequence(finish: FinishEvent, stopSequence: string | undefined): FinishEvent {
  return finish.reason === 'stop' && stopSequence !== undefined ? { ...finish, stopSequence } : finish;
}

/** Read only once there is a call. */
function toIsUsedId({ request: { prompt } }: AskedAnswer): (id: string) => boolean {
  const messages = prompt.kind === 'chat' ? prompt.messages : [];
  const used = new Set(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id }) => id)));
  return (id) => used.has(id);
}
