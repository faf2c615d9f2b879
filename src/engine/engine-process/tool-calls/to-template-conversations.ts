import { writeIndentedJson } from '../../../json/write-json.ts';
import type { CallSyntax } from './call-syntax.ts';
import { describeTools, simplifyTool, toToolDefinition } from './describe-tools.ts';
import { parseJson } from './read-json.ts';
import { toResultTexts } from './result-tags.ts';
import type { TemplateTraits } from './template-traits.ts';
import { toCallId } from './to-call-id.ts';
import type {
  MadeCall,
  ShownTool,
  TemplateConversation,
  TemplateMessage,
  ToolConversationMessage,
} from './tool-call-format.ts';
import { toSpacedJson, writeCalls } from './write-calls.ts';

/**
 * A conversation with tools in the forms that this template may show, the best first: some templates fail on schemas
 * that are more than a type. What a template can't show is written into the text.
 */
export function toTemplateConversations(
  syntax: CallSyntax,
  traits: TemplateTraits,
  messages: readonly ToolConversationMessage[],
  tools: readonly ShownTool[],
): readonly TemplateConversation[] {
  const calls = listCalls(syntax, messages);
  const shaped = traits.showsParallelCalls ? messages : oneCallEach(messages);
  const templateMessages: TemplateMessage[] = [];
  for (const [index, message] of shaped.entries()) {
    const last = templateMessages.at(-1);
    if (message.role === 'tool' && !traits.showsResults) {
      const [before, after] = toResultTexts(syntax);
      const content = `${before}${message.text}${after}`;
      // Results of one answer are one turn of the user.
      if (shaped[index - 1]?.role === 'tool' && last !== undefined) {
        templateMessages[templateMessages.length - 1] = { ...last, content: `${last.content}\n${content}` };
      } else {
        templateMessages.push({ role: 'user', content });
      }
    } else {
      templateMessages.push(toTemplateMessage(syntax, traits, message, calls));
    }
  }
  if (tools.length === 0) return [{ messages: templateMessages, variables: {} }];
  const definitions = tools.map(toToolDefinition);
  return [
    ...toVariables(traits, definitions),
    ...toVariables(traits, definitions.map(simplifyTool)),
    { messages: addSystemText(templateMessages, describeTools(syntax, tools)), variables: {} },
  ].map((own) => ({ messages: templateMessages, ...own }));
}

function toVariables({ toolVariable }: TemplateTraits, tools: readonly unknown[]) {
  switch (toolVariable) {
    case 'tools':
      return [{ variables: { tools } }];
    case 'functions':
      return [{ variables: { functions: writeIndentedJson(tools) } }];
    case undefined:
      return [];
  }
}

interface KnownCall {
  readonly name: string;
  /** As the template wants it. */
  readonly id: string;
}

function listCalls(syntax: CallSyntax, messages: readonly ToolConversationMessage[]): Map<string, KnownCall> {
  const known = new Map<string, KnownCall>();
  for (const message of messages) {
    const calls = message.role === 'assistant' ? (message.calls ?? []) : [];
    for (const [index, call] of calls.entries()) {
      known.set(call.id, { name: call.name, id: toCallId(syntax.idForm, call, index) });
    }
  }
  return known;
}

function toTemplateMessage(
  syntax: CallSyntax,
  { call: shape }: TemplateTraits,
  message: ToolConversationMessage,
  known: ReadonlyMap<string, KnownCall>,
): TemplateMessage {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.text };
    case 'tool': {
      const call = known.get(message.callId) ?? {
        name: 'unknown',
        id: toCallId(syntax.idForm, { id: message.callId, name: 'unknown' }, 0),
      };
      return { role: 'tool', tool_call_id: call.id, name: call.name, content: message.text };
    }
    case 'assistant': {
      const { text, calls = [], reasoning } = message;
      const thought = reasoning === undefined ? {} : { reasoning_content: reasoning };
      if (calls.length === 0) return { role: 'assistant', content: text, ...thought };
      if (shape === undefined) {
        const written = writeCalls(syntax, calls);
        return { role: 'assistant', content: text === '' ? written : `${text}\n${written}`, ...thought };
      }
      return {
        role: 'assistant',
        content: text === '' ? shape.emptyContent : text,
        tool_calls: calls.map((call) => ({
          type: 'function',
          id: known.get(call.id)?.id ?? call.id,
          function: { name: call.name, arguments: toArguments(call, shape.arguments) },
        })),
        ...thought,
      };
    }
  }
}

/** Arguments that are no JSON, of an answer that was cut off, stay text. */
function toArguments({ arguments: text }: MadeCall, form: 'object' | 'text'): unknown {
  const value = parseJson(text)?.value ?? text;
  return form === 'text' && value !== text ? toSpacedJson(value) : value;
}

/** A message for each call, followed by its result. */
function oneCallEach(messages: readonly ToolConversationMessage[]): readonly ToolConversationMessage[] {
  const moved = new Set<ToolConversationMessage>();
  return messages.flatMap((message, index): ToolConversationMessage[] => {
    if (moved.has(message)) return [];
    if (message.role !== 'assistant' || (message.calls ?? []).length < 2) return [message];
    const after = messages.slice(index + 1);
    const end = after.findIndex(({ role }) => role !== 'tool');
    const results = end === -1 ? after : after.slice(0, end);
    return (message.calls ?? []).flatMap((call, place): ToolConversationMessage[] => {
      const result = results.find((one) => one.role === 'tool' && one.callId === call.id);
      if (result !== undefined) moved.add(result);
      const own = { ...message, text: place === 0 ? message.text : '', calls: [call] };
      return result === undefined ? [own] : [own, result];
    });
  });
}

function addSystemText(messages: readonly TemplateMessage[], text: string): TemplateMessage[] {
  const [first, ...others] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: text }, ...messages];
  return [{ ...first, content: `${first.content}\n\n${text}` }, ...others];
}
