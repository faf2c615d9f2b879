import { type AnswerFacts, toFacts, toPlainJson } from './outcome.ts';

interface WireUsage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
}

interface WireBlock {
  readonly type?: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: unknown;
}

interface WireMessage {
  readonly content?: readonly WireBlock[];
  readonly stop_reason?: string | null;
  readonly stop_sequence?: string | null;
  readonly usage?: WireUsage;
}

interface WireEvent extends WireMessage {
  readonly type?: string;
  readonly index?: number;
  readonly message?: WireMessage;
  readonly content_block?: WireBlock;
  readonly delta?: WireMessage & { readonly text?: string; readonly partial_json?: string };
}

export function readMessageFacts(parts: readonly unknown[], isStream: boolean): AnswerFacts {
  const events = parts as readonly WireEvent[];
  const message = isStream ? foldEvents(events) : (events[0] ?? {});
  const { content = [], stop_reason: reason = null, stop_sequence: sequence, usage } = message;
  return toFacts({
    texts: [content.map(({ text = '' }) => text).join('')],
    finishes: [sequence ? `${reason}: ${sequence}` : reason],
    calls: content.flatMap(({ type, name, input }) =>
      type === 'tool_use' ? [`${name}(${toPlainJson(input)})`] : [],
    ),
    ...(usage ? { usage: [countPrompt(usage), usage.output_tokens ?? 0] } : {}),
    ...(!isStream || events.at(-1)?.type === 'message_stop' ? {} : { isBroken: true }),
  });
}

function countPrompt(usage: WireUsage): number {
  const { input_tokens: fresh, cache_read_input_tokens: read, cache_creation_input_tokens: made } = usage;
  return (fresh ?? 0) + (read ?? 0) + (made ?? 0);
}

function foldEvents(events: readonly WireEvent[]): WireMessage {
  const blocks: WireBlock[] = [];
  const inputs: string[] = [];
  let message: WireMessage = {};
  for (const { type, index = 0, message: begun, content_block: block, delta, usage } of events) {
    if (type === 'message_start') message = begun ?? {};
    if (type === 'content_block_start') blocks[index] = block ?? {};
    if (delta?.text !== undefined) {
      blocks[index] = { ...blocks[index], text: (blocks[index]?.text ?? '') + delta.text };
    }
    if (delta?.partial_json !== undefined) inputs[index] = (inputs[index] ?? '') + delta.partial_json;
    // The counts at the end replace those of the beginning.
    if (type === 'message_delta') message = { ...message, ...delta, usage: { ...message.usage, ...usage } };
  }
  const content = blocks.map((block, index) =>
    block.type === 'tool_use' ? { ...block, input: inputs[index] ?? '{}' } : block,
  );
  return { ...message, content };
}
