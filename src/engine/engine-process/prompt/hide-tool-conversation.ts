import type { ChatMessage } from '../../../backend/generation-request.ts';
import { toText } from '../../../backend/message-content.ts';
import type { ToolDefinition } from '../../../backend/tool.ts';
import { ExactNumber } from '../../../json/exact-number.ts';
import { createObject } from '../../../json/ordered-object.ts';
import type { ShownTool, ToolConversationMessage } from '../tool-calls/tool-call-format.ts';
import type { ControlTextShield } from './prompt-tokens.ts';

/** A conversation in which nothing that a client wrote can become a control token. */
export interface HiddenConversation {
  readonly messages: readonly ToolConversationMessage[];
  readonly tools: readonly ShownTool[];
}

/** Hides the control texts of messages, calls, results and tools, because all of them are untrusted text. */
export function hideToolConversation(
  shield: ControlTextShield,
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[],
): HiddenConversation {
  const hide = (text: string) => shield.hide(text);
  const hideId = createIdHiding(shield);
  return {
    messages: messages.map((message) => hideMessage(message, hide, hideId)),
    tools: tools.map(({ name, description, parameters }) => ({
      name: hide(name),
      ...(description === undefined ? {} : { description: hide(description) }),
      ...(parameters === undefined ? {} : { parameters: hideAll(parameters, hide) }),
    })),
  };
}

function hideMessage(
  { role, content, reasoning, toolCalls = [], toolCallId = '' }: ChatMessage,
  hide: (text: string) => string,
  hideId: (id: string) => string,
): ToolConversationMessage {
  const text = toText(content);
  switch (role) {
    case 'system':
    case 'user':
      return { role, text: hide(text) };
    case 'tool':
      return { role, text: hide(text), callId: hideId(toolCallId) };
    case 'assistant': {
      const calls = toolCalls.map(({ id, name, argumentsText }) => ({
        id: hideId(id),
        name: hide(name),
        arguments: hide(argumentsText),
      }));
      const thought = reasoning === undefined ? {} : { reasoning: hide(reasoning) };
      return { role, text: hide(text), ...thought, ...(calls.length === 0 ? {} : { calls }) };
    }
  }
}

/** A call and its result must have the same id, and hiding a text twice gives two. */
function createIdHiding(shield: ControlTextShield): (id: string) => string {
  const hidden = new Map<string, string>();
  return (id) => {
    const known = hidden.get(id) ?? shield.hide(id);
    hidden.set(id, known);
    return known;
  };
}

/** Every string of a JSON value, names of properties among them. */
export function hideAll(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') {
    return hide(value);
  }
  if (Array.isArray(value)) {
    return value.map((item) => hideAll(item, hide));
  }
  if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) {
    return createObject(Object.entries(value).map(([key, own]) => [hide(key), hideAll(own, hide)]));
  }
  return value;
}
