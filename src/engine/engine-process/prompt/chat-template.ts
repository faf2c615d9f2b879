import { BackendError } from '../../../backend/backend-error.ts';
import type { NativeTemplate } from '../model/binding.ts';
import type { RenderTemplate } from '../tool-calls/probe-template.ts';
import type { TemplateConversation, TemplateMessage } from '../tool-calls/tool-call-format.ts';
import { renderExactNumbers } from './render-exact-numbers.ts';

/** Ends a turn of the generic template. */
export const genericTurnEnd = '<|im_end|>';

/** ChatML, for a model file without a template. */
export const genericTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

export interface ChatTemplateTexts {
  /** Text of the begin token, for templates that write it; empty if there is none. */
  readonly beginText: string;
  readonly endText: string;
}

/** `new-turn`, the default: the assistant's turn starts. `last-turn`: it has started already. */
export type ConversationEnd = 'new-turn' | 'last-turn';

export interface ChatTemplate {
  /** As the model was trained to see it, ready for its answer: the first of these forms of one conversation that the template takes. */
  renderFirst(conversations: readonly TemplateConversation[], end?: ConversationEnd): string;
  /** Without any reshaping; throws what the template throws. */
  readonly renderExactly: RenderTemplate;
}

/**
 * Some templates drop a system message silently, others refuse it, or refuse roles that don't alternate. Agents send system
 * messages in the middle too, which many templates drop, or move to the start, where each one changes the beginning of the
 * prompt: such a template gets them as the user's. A conversation that a template refuses is reshaped, with the mildest change
 * first: merge neighbours with the same role, give late system messages to the user, then move the system text before the
 * first user text, then insert an empty user turn at the start.
 */
export function createChatTemplate(native: NativeTemplate, texts: ChatTemplateTexts): ChatTemplate {
  const toRender =
    (end: ConversationEnd): RenderTemplate =>
    (messages, variables) =>
      renderExactNumbers(native, {
        ...variables,
        messages,
        add_generation_prompt: end === 'new-turn',
        bos_token: texts.beginText,
        eos_token: texts.endText,
      });
  const renderExactly = toRender('new-turn');
  const takes = {
    system: showsSystemMessage(renderExactly),
    lateSystem: showsLateSystemMessage(renderExactly),
  };
  return {
    renderFirst: (conversations, end = 'new-turn') =>
      renderFirstThatWorks(toRender(end), listForms(conversations, takes)),
    renderExactly,
  };
}

interface Takes {
  readonly system: boolean;
  /** After a message of the user, at its place. */
  readonly lateSystem: boolean;
}

/** Each is made when the ones before it are refused: for nearly all requests the first one works. */
function* listForms(
  conversations: readonly TemplateConversation[],
  takes: Takes,
): Generator<TemplateConversation> {
  for (const { messages, variables } of conversations) {
    for (const shape of listShapes(messages, takes)) yield { messages: shape, variables };
  }
}

function* listShapes(
  messages: readonly TemplateMessage[],
  takes: Takes,
): Generator<readonly TemplateMessage[]> {
  const placed = takes.lateSystem ? messages : giveLateSystemToUser(messages);
  const wanted = takes.system ? placed : foldSystemIntoUser(placed);
  yield wanted;
  yield mergeNeighbours(wanted);
  const given = giveLateSystemToUser(wanted);
  yield mergeNeighbours(given);
  const folded = mergeNeighbours(foldSystemIntoUser(given));
  yield folded;
  yield startWithUser(folded);
  const moved = mergeNeighbours(foldSystemIntoUser(messages));
  yield moved;
  yield startWithUser(moved);
}

/** Exported for its test. A system message that is not at the start becomes the user's. */
export function giveLateSystemToUser(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  const start = messages.findIndex(({ role }) => role !== 'system');
  return messages.map((message, index) =>
    message.role === 'system' && start >= 0 && index > start ? { ...message, role: 'user' } : message,
  );
}

function showsSystemMessage(render: RenderTemplate): boolean {
  const marker = 'system-message-probe';
  try {
    return render(
      [
        { role: 'system', content: marker },
        { role: 'user', content: 'Hello' },
      ],
      {},
    ).includes(marker);
  } catch {
    // The template raises an exception on system messages, as Gemma's does: that is the answer we asked for.
    return false;
  }
}

function showsLateSystemMessage(render: RenderTemplate): boolean {
  const [before, marker] = ['before-the-probe', 'late-system-message-probe'];
  try {
    const text = render(
      [
        { role: 'system', content: 'Hello' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: before },
        { role: 'system', content: marker },
        { role: 'user', content: 'Hello' },
      ],
      {},
    );
    return text.includes(before) && text.lastIndexOf(marker) > text.lastIndexOf(before);
  } catch {
    return false;
  }
}

function renderFirstThatWorks(render: RenderTemplate, forms: Iterable<TemplateConversation>): string {
  let failure: unknown;
  for (const { messages, variables } of forms) {
    try {
      return render(messages, variables);
    } catch (error) {
      failure = error;
    }
  }
  throw new BackendError(
    'unsupported_messages',
    "The chat template of this model can't render these messages. Let user and assistant take turns, beginning with user.",
    { cause: failure },
  );
}

function startWithUser(messages: readonly TemplateMessage[]): readonly TemplateMessage[] {
  return messages[0]?.role === 'user' ? messages : [{ role: 'user', content: '' }, ...messages];
}

/** Exported for its test. Messages that belong to a call stay by themselves. */
export function mergeNeighbours(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const merged: TemplateMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role === message.role && isPlain(last) && isPlain(message)) {
      merged[merged.length - 1] = { ...last, content: `${last.content}\n\n${message.content}` };
    } else {
      merged.push(message);
    }
  }
  return merged;
}

function isPlain({ tool_calls: calls, tool_call_id: callId }: TemplateMessage): boolean {
  return calls === undefined && callId === undefined;
}

/** Exported for its test. All system texts, in order, go before the first user's text. */
export function foldSystemIntoUser(messages: readonly TemplateMessage[]): TemplateMessage[] {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const others = messages.filter(({ role }) => role !== 'system');
  if (system.length === 0) {
    return others;
  }
  const first = others.findIndex(({ role }) => role === 'user');
  const userText = first < 0 ? [] : [others[first]?.content ?? ''];
  const folded: TemplateMessage = { role: 'user', content: [...system, ...userText].join('\n\n') };
  return first < 0 ? [folded, ...others] : others.with(first, folded);
}
