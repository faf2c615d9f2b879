// System messages in the middle of a conversation, as Claude Code sends them, in the templates of well-known models.
import { beforeAll, expect, test } from 'vitest';
import { readTemplate, testEachTemplate } from '../../../../test/shared-files.ts';
import { type Binding, openBinding } from '../model/binding.ts';
import { findToolCallFormat } from '../tool-calls/find-tool-call-format.ts';
import type { ToolConversationMessage } from '../tool-calls/tool-call-format.ts';
import { createChatTemplate, giveLateSystemToUser } from './chat-template.ts';

let binding: Binding;
beforeAll(async () => {
  binding = await openBinding();
});

function open(text: string) {
  return createChatTemplate(binding.compileTemplate(text), { beginText: '<s>', endText: '</s>' });
}

const tools = [
  { name: 'read', description: 'Reads a file.', parameters: { type: 'object', properties: {} } },
];

const opening: readonly ToolConversationMessage[] = [
  { role: 'system', text: 'Rules of the start' },
  { role: 'user', text: 'First question' },
  { role: 'system', text: 'Rules of the middle' },
  { role: 'assistant', text: '', calls: [{ id: 'call12345', name: 'read', arguments: '{}' }] },
  { role: 'tool', callId: 'call12345', text: 'Result of the tool' },
];

const later: readonly ToolConversationMessage[] = [
  { role: 'assistant', text: 'First answer' },
  { role: 'user', text: 'Second question' },
  { role: 'system', text: 'Rules of the end' },
];

testEachTemplate('%s: the model reads each of them', (file) => {
  const text = readTemplate(file);
  const template = open(text);
  const format = findToolCallFormat(text, template.renderExactly);
  const messages = [...opening, ...later];
  const shown = template.renderFirst(format.toTemplateConversations(messages, tools));
  for (const { text: said } of messages) expect(shown).toContain(said);
});

/** It shows the first message of the system and drops any other. */
const forgetfulTemplate = `{%- if messages[0].role == 'system' %}[system]{{ messages[0].content }}
{% endif %}{%- for m in messages %}{% if m.role != 'system' %}[{{ m.role }}]{{ m.content }}
{% endif %}{% endfor %}`;

test('a template that drops them gets them as the messages of the user, at their places', () => {
  const render = (...roles: readonly string[]) => {
    const messages = roles.map((role, index) => ({ role, content: String(index) }) as const);
    return open(forgetfulTemplate).renderFirst([{ messages: messages as never, variables: {} }]);
  };
  const first = render('system', 'user', 'system');
  expect(first).toBe('[system]0\n[user]1\n[user]2\n');
  // One more leaves the beginning as it was.
  expect(render('system', 'user', 'system', 'assistant', 'user', 'system')).toBe(
    `${first}[assistant]3\n[user]4\n[user]5\n`,
  );
});

test('those at the start stay what they are', () => {
  const toMessages = (...roles: readonly ('system' | 'user')[]) =>
    roles.map((role) => ({ role, content: 'a' }));
  expect(giveLateSystemToUser(toMessages('system', 'system', 'user', 'system'))).toEqual(
    toMessages('system', 'system', 'user', 'user'),
  );
  expect(giveLateSystemToUser(toMessages('system', 'system'))).toEqual(toMessages('system', 'system'));
});
