// A conversation in our words. It doesn't pass through chat's wire, which has no form for images in results. Each part
// keeps its place in the body, so that an error can name it.
import type { ChatMessage } from '../../../backend/generation-request.ts';
import type { ContentPart } from '../../../backend/message-content.ts';
import type { ToolCall } from '../../../backend/tool.ts';
import { writeJson } from '../../../json/write-json.ts';
import { withoutBillingLine } from './billing-line.ts';
import {
  type AssistantBlock,
  type HostedBlock,
  isHostedBlock,
  type MessageParam,
  type ReadableBlock,
  type SystemContent,
  type ToolResultBlock,
  type UserBlock,
} from './content-block.ts';
import { toReadableParts } from './to-readable-parts.ts';

export interface MessageConversation {
  readonly messages: readonly ChatMessage[];
  /** Where in the body each message stands, and each part of its content. */
  readonly origins: readonly MessageOrigin[];
  /** The answer continues the last message. */
  readonly isContinued: boolean;
}

export interface MessageOrigin {
  readonly param: string;
  readonly partParams: readonly string[];
}

/** A part of a message's content, with its place in the body. */
interface PlacedPart {
  readonly part: ContentPart;
  readonly param: string;
}

interface PlacedMessage {
  readonly message: Omit<ChatMessage, 'content'>;
  readonly param: string;
  readonly parts: readonly PlacedPart[];
}

export function toMessageConversation(
  system: SystemContent | null | undefined,
  params: readonly MessageParam[],
): MessageConversation {
  const systemParts = toSystemParts(system ?? [], 'system');
  const opening: PlacedMessage[] =
    systemParts.length === 0 ? [] : [{ message: { role: 'system' }, param: 'system', parts: systemParts }];
  // A summary stands in place of all that is before it.
  const start = Math.max(0, params.findLastIndex(hasSummary));
  const turns = params.flatMap((param, index) =>
    index < start ? [] : toMessages(param, `messages[${index}]`),
  );
  const messages = joinTurns([...opening, ...turns]);
  return {
    messages: messages.map(({ message, parts }) => ({ ...message, content: parts.map(({ part }) => part) })),
    origins: messages.map(({ param, parts }) => ({ param, partParams: parts.map((part) => part.param) })),
    isContinued: messages.at(-1)?.message.role === 'assistant',
  };
}

function toMessages(message: MessageParam, param: string): PlacedMessage[] {
  switch (message.role) {
    case 'system': {
      const parts = toSystemParts(message.content, `${param}.content`);
      return parts.length === 0 ? [] : [{ message: { role: 'system' }, param, parts }];
    }
    case 'user':
      return toUserMessages(message.content, param);
    case 'assistant':
      return toAssistantMessages(message.content, param);
  }
}

function toSystemParts(content: SystemContent, param: string): PlacedPart[] {
  const blocks = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return blocks.flatMap((block, index) => {
    if (isHostedBlock(block)) return [];
    const { text } = block;
    const left = withoutBillingLine(text);
    // A block that was only this line leaves nothing.
    if (left === '' && (text !== '' || typeof content === 'string')) return [];
    return placeText(left, typeof content === 'string' ? param : `${param}[${index}]`);
  });
}

/**
 * Results become messages of their own, before what else the user says. Anthropic's API requires this order too.
 */
function toUserMessages(content: string | readonly UserBlock[], param: string): PlacedMessage[] {
  if (typeof content === 'string') {
    return [{ message: { role: 'user' }, param, parts: [placeText(content, `${param}.content`)] }];
  }
  const results: PlacedMessage[] = [];
  const said: PlacedPart[] = [];
  for (const [index, block] of content.entries()) {
    const at = `${param}.content[${index}]`;
    if (isHostedBlock(block)) continue;
    if (block.type === 'tool_result') {
      const parts = toResultParts(block, at);
      results.push({ message: { role: 'tool', toolCallId: block.tool_use_id }, param: at, parts });
    } else {
      said.push(...placeParts(block, at));
    }
  }
  return said.length === 0 ? results : [...results, { message: { role: 'user' }, param, parts: said }];
}

function toResultParts({ content, is_error: isError }: ToolResultBlock, at: string): PlacedPart[] {
  const parts =
    typeof content === 'string'
      ? [placeText(content, `${at}.content`)]
      : (content ?? []).flatMap((block, index) =>
          isHostedBlock(block) ? [] : placeParts(block, `${at}.content[${index}]`),
        );
  return isError === true ? withErrorSaid(parts, at) : parts;
}

/** Many clients write it into the result: `Error: …`, `<tool_use_error>…`. */
const saysError = /^\W*\w*error/i;

/** UTF-16 code units in which a result says that it is an error. */
const saidCharactersMax = 80;

function withErrorSaid(parts: readonly PlacedPart[], param: string): PlacedPart[] {
  const [first, ...others] = parts;
  if (first?.part.kind !== 'text') return [placeText('Error', param), ...parts];
  const { text } = first.part;
  if (saysError.test(text.slice(0, saidCharactersMax))) return [...parts];
  return [placeText(`Error: ${text}`, first.param), ...others];
}

function placeText(text: string, param: string): PlacedPart {
  return { part: { kind: 'text', text }, param };
}

function placeParts(block: ReadableBlock, param: string): PlacedPart[] {
  return toReadableParts(block).map((part) => ({ part, param }));
}

function hasSummary({ content }: MessageParam): boolean {
  return typeof content !== 'string' && content.some(isSummary);
}

function isSummary(block: { readonly type: string; readonly content?: unknown }): boolean {
  return block.type === 'compaction' && typeof block.content === 'string';
}

/** A summary is what the user says of the conversation until then. */
function toAssistantMessages(content: string | readonly AssistantBlock[], param: string): PlacedMessage[] {
  const at = typeof content === 'string' ? -1 : content.findLastIndex(isSummary);
  const summary = at < 0 ? undefined : content[at];
  if (typeof content === 'string' || typeof summary !== 'object' || summary.type !== 'compaction') {
    return [toAssistantMessage(content, param)];
  }
  const parts = [placeText(summary.content ?? '', `${param}.content[${at}]`)];
  // The others keep their places.
  const rest = content.map((block, index) => (index <= at ? summary : block));
  const said: PlacedMessage = { message: { role: 'user' }, param, parts };
  return at === content.length - 1 ? [said] : [said, toAssistantMessage(rest, param)];
}

/** Text, reasoning and calls of a turn are one message. */
function toAssistantMessage(content: string | readonly AssistantBlock[], param: string): PlacedMessage {
  if (typeof content === 'string') {
    return { message: { role: 'assistant' }, param, parts: [placeText(content, `${param}.content`)] };
  }
  const parts: PlacedPart[] = [];
  const thoughts: string[] = [];
  const toolCalls: ToolCall[] = [];
  for (const [index, block] of content.entries()) {
    switch (block.type) {
      case 'text':
        parts.push(placeText(block.text, `${param}.content[${index}]`));
        break;
      case 'thinking':
        if (block.thinking !== '') thoughts.push(block.thinking);
        break;
      case 'tool_use':
        toolCalls.push({ id: block.id, name: block.name, argumentsText: writeJson(block.input) });
        break;
      default:
        // The others are left out.
        block satisfies { readonly type: 'redacted_thinking' | 'compaction' } | HostedBlock;
    }
  }
  return { message: toAssistant(thoughts, toolCalls), param, parts: orEmptyText(parts, param) };
}

function toAssistant(
  thoughts: readonly string[],
  toolCalls: readonly ToolCall[],
): Omit<ChatMessage, 'content'> {
  return {
    role: 'assistant',
    ...(thoughts.length === 0 ? {} : { reasoning: thoughts.join('\n') }),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
  };
}

/** As chat has it for a message that is only calls. */
function orEmptyText(parts: PlacedPart[], param: string): PlacedPart[] {
  return parts.length > 0 ? parts : [placeText('', param)];
}

/** Consecutive turns of a role are one, as Anthropic's API has it: many chat templates require turns to alternate. */
function joinTurns(messages: readonly PlacedMessage[]): PlacedMessage[] {
  const joined: PlacedMessage[] = [];
  for (const next of messages) {
    const last = joined.at(-1);
    if (last !== undefined && mayJoin(last.message, next.message)) {
      joined[joined.length - 1] = join(last, next);
    } else {
      joined.push(next);
    }
  }
  return joined;
}

function mayJoin(last: PlacedMessage['message'], next: PlacedMessage['message']): boolean {
  return last.role === next.role && (next.role === 'user' || next.role === 'assistant');
}

function join(last: PlacedMessage, next: PlacedMessage): PlacedMessage {
  const thoughts = [last.message.reasoning, next.message.reasoning].flatMap((thought) => thought ?? []);
  const toolCalls = [...(last.message.toolCalls ?? []), ...(next.message.toolCalls ?? [])];
  const { role } = last.message;
  const parts = [...last.parts, ...next.parts].filter(
    ({ part }) => role === 'user' || part.kind !== 'text' || part.text !== '',
  );
  return role === 'user'
    ? { ...last, parts }
    : { message: toAssistant(thoughts, toolCalls), param: last.param, parts: orEmptyText(parts, last.param) };
}
