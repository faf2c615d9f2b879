import type { FinishReason, GenerationEvent, TokenLogprob } from '../../src/backend/generation-event.ts';
import type { GenerationRequest } from '../../src/backend/generation-request.ts';
import { toText } from '../../src/backend/message-content.ts';
import { messagesOf } from '../messages-of.ts';
import { type Script, started, toolCallDelta, toolCallStart } from '../scripted-backend.ts';

/** JSON, so that it passes where a form is asked for. */
const texts = ['{"a', '":"漢', '字"}'];

/** What an obedient model says where it says anything. */
export const obedientText = texts.join('');

const argumentPieces = [['{}'], ['{"a":', '1', '}'], ['{"b":"', '漢"}']];

/**
 * Does what a request asks for: thinks, says JSON with as many log-probabilities as are wanted, and calls the tools
 * that it may. How much of each follows from the conversation and the choice alone, so that a plain and a streamed
 * answer to the same request are the same.
 */
export function obey(reason: 'length' | undefined): Script {
  return (request) => {
    const variant = toVariant(request);
    const calls = toCalls(request, variant, reason);
    // What is cut off may have said nothing yet.
    const isSilent = reason === 'length' && variant % 5 === 0;
    const says = calls.length === 0 ? !isSilent : request.toolUse?.choice === 'auto' && variant % 3 !== 0;
    const events = [...toThoughts(variant), ...(says ? toTexts(request) : []), ...calls];
    return [
      started,
      ...events,
      toFinish(events.length, reason ?? (calls.length > 0 ? 'tool-calls' : 'stop')),
    ];
  };
}

function toVariant(request: GenerationRequest): number {
  const messages = messagesOf(request);
  const choice = Number(/-(\d+)$/.exec(request.id)?.[1] ?? 0);
  return messages.length + toText(messages.at(-1)?.content ?? []).length + choice;
}

function toThoughts(variant: number): GenerationEvent[] {
  const thoughts = ['Hm, ', '字 ', 'yes.'].slice(0, variant % 4);
  return thoughts.map((text) => ({ type: 'reasoning-delta', text }));
}

function toTexts({ topLogprobs }: GenerationRequest): GenerationEvent[] {
  return texts.map((text) => ({
    type: 'text-delta',
    text,
    ...(topLogprobs === undefined ? {} : { logprobs: [...text].map((one) => toLogprob(one, topLogprobs)) }),
  }));
}

function toLogprob(text: string, topCount: number): TokenLogprob {
  const ranked = { text, bytes: [...Buffer.from(text)], logprob: -0.5 };
  const impossible = { text: '<|end|>', bytes: undefined, logprob: Number.NEGATIVE_INFINITY };
  return { ...ranked, top: [ranked, impossible].slice(0, topCount) };
}

function toCalls(
  { toolUse }: GenerationRequest,
  variant: number,
  reason: 'length' | undefined,
): GenerationEvent[] {
  if (toolUse === undefined || toolUse.choice === 'none') return [];
  if (toolUse.choice === 'auto' && variant % 2 === 0) return [];
  const count = toolUse.isParallel ? 1 + (variant % 3) : 1;
  return Array.from({ length: count }, (_, index) => {
    const name = toolUse.callableNames[index % toolUse.callableNames.length] ?? '';
    const pieces = argumentPieces[(variant + index) % argumentPieces.length] ?? [];
    const isCut = reason === 'length' && index === count - 1;
    // Cut off where its name has just been written, or one piece before its end.
    const made = isCut ? pieces.slice(0, -1) : pieces;
    return [toolCallStart(index, name), ...made.map((piece) => toolCallDelta(index, piece))];
  }).flat();
}

function toFinish(eventCount: number, reason: FinishReason): GenerationEvent {
  return {
    type: 'finish',
    reason,
    usage: { promptTokens: 12, completionTokens: eventCount + 1, cachedTokens: 3, reasoningTokens: 1 },
  };
}
