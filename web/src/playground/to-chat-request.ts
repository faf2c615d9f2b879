import type { ConversationSettings, Lane, Message } from './conversation.ts';
import { toPath } from './conversation.ts';

/** The body of a chat completion. */
export type ChatRequest = Readonly<Record<string, unknown>>;

/** How many alternatives of each token are asked for, unless a parameter says so. */
const alternativesDefault = 5;

/** The request for the next answer of a lane. The settings must have no problems. */
export function toChatRequest(lane: Lane, settings: ConversationSettings): ChatRequest {
  const { system, parameters, hasLogprobs, toolsText, form, schemaText } = settings;
  const { top_logprobs = alternativesDefault, tool_choice, parallel_tool_calls, ...others } = parameters;
  const hasTools = toolsText.trim() !== '';
  return {
    model: lane.model,
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system }]),
      ...toPath(lane).flatMap(toWireMessages),
    ],
    ...others,
    ...(hasLogprobs ? { logprobs: true, top_logprobs } : {}),
    ...(hasTools ? { tools: JSON.parse(toolsText) } : {}),
    ...(hasTools && tool_choice !== undefined ? { tool_choice } : {}),
    ...(hasTools && parallel_tool_calls !== undefined ? { parallel_tool_calls } : {}),
    ...toFormat(form, schemaText),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function toFormat(form: ConversationSettings['form'], schemaText: string): ChatRequest {
  if (form === 'text') return {};
  if (form === 'json_object') return { response_format: { type: 'json_object' } };
  const schema: unknown = JSON.parse(schemaText);
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } };
}

function toWireMessages(message: Message): readonly object[] {
  switch (message.kind) {
    case 'user':
      return [{ role: 'user', content: toUserContent(message.text, message.images) }];
    case 'assistant': {
      const { text, toolCalls, problem } = message.answer;
      // An answer that failed before its first word is no part of the conversation.
      if (text === '' && toolCalls.length === 0 && problem !== undefined) return [];
      const calls = toolCalls.map(({ id, name, arguments: written }) => ({
        id,
        type: 'function',
        function: { name, arguments: written },
      }));
      return [{ role: 'assistant', content: text, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
    }
    case 'tool':
      return message.results.map(({ callId, text }) => ({
        role: 'tool',
        tool_call_id: callId,
        content: text,
      }));
  }
}

function toUserContent(text: string, images: readonly string[]): unknown {
  if (images.length === 0) return text;
  return [{ type: 'text', text }, ...images.map((url) => ({ type: 'image_url', image_url: { url } }))];
}
