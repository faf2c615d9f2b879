import { BackendError } from '../../backend/backend-error.ts';
import type { ChatMessage } from '../../backend/generation-request.ts';
import type { NativeTemplate } from './binding.ts';

/** ChatML, for a model file without a template of its own. */
export const genericTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

export interface ChatTemplateTexts {
  /** Text of the begin token, for templates that write it themselves; empty where there is none. */
  readonly beginText: string;
  readonly endText: string;
}

export interface ChatTemplate {
  /** A conversation as the model was trained to see it, ready for its answer. */
  render(messages: readonly ChatMessage[]): string;
}

/**
 * Some templates drop a system message without a word, others refuse it, or refuse roles that do not alternate.
 * A conversation that this template can't take as it is gets reshaped, the mildest way first: neighbours of one
 * role merged, then the system text put before the first user's, then an empty user turn put first.
 */
export function createChatTemplate(native: NativeTemplate, texts: ChatTemplateTexts): ChatTemplate {
  const render = (messages: readonly ChatMessage[]) =>
    native.render({
      messages: messages.map(({ role, text }) => ({ role, content: text })),
      add_generation_prompt: true,
      bos_token: texts.beginText,
      eos_token: texts.endText,
    });
  const takesSystem = showsSystemMessage(render);
  return {
    render: (messages) => {
      const wanted = takesSystem ? messages : foldSystemIntoUser(messages);
      const folded = mergeNeighbours(foldSystemIntoUser(wanted));
      return renderFirstThatWorks(render, [wanted, mergeNeighbours(wanted), folded, startWithUser(folded)]);
    },
  };
}

function showsSystemMessage(render: (messages: readonly ChatMessage[]) => string): boolean {
  const marker = 'system-message-probe';
  try {
    return render([
      { role: 'system', text: marker },
      { role: 'user', text: 'Hello' },
    ]).includes(marker);
  } catch {
    // The template raises an exception on system messages, as Gemma's does: that is the answer we asked for.
    return false;
  }
}

function renderFirstThatWorks(
  render: (messages: readonly ChatMessage[]) => string,
  shapes: readonly (readonly ChatMessage[])[],
): string {
  let failure: unknown;
  for (const shape of shapes) {
    try {
      return render(shape);
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

function startWithUser(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  return messages[0]?.role === 'user' ? messages : [{ role: 'user', text: '' }, ...messages];
}

/** Exported for its test. */
export function mergeNeighbours(messages: readonly ChatMessage[]): ChatMessage[] {
  const merged: ChatMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last !== undefined && last.role === message.role) {
      merged[merged.length - 1] = { role: last.role, text: `${last.text}\n\n${message.text}` };
    } else {
      merged.push(message);
    }
  }
  return merged;
}

/** Exported for its test. All system texts, in order, go before the first user's text. */
export function foldSystemIntoUser(messages: readonly ChatMessage[]): ChatMessage[] {
  const system = messages.filter(({ role }) => role === 'system').map(({ text }) => text);
  const others = messages.filter(({ role }) => role !== 'system');
  if (system.length === 0) {
    return others;
  }
  const first = others.findIndex(({ role }) => role === 'user');
  const userText = first < 0 ? [] : [others[first]?.text ?? ''];
  const folded: ChatMessage = { role: 'user', text: [...system, ...userText].join('\n\n') };
  return first < 0 ? [folded, ...others] : others.with(first, folded);
}
