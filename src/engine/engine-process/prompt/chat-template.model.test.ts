// The templates of well-known models, rendered by the engine's own renderer. The texts lie beside the
// repository where the team keeps them; without them the table is skipped, loudly.

import { beforeAll, describe, expect, test } from 'vitest';
import {
  readTemplate,
  templateFiles,
  testEachTemplate,
  testTemplates,
} from '../../../../test/shared-files.ts';
import type { ChatMessage } from '../../../backend/generation-request.ts';
import { textContent, toText } from '../../../backend/message-content.ts';
import { type Binding, openBinding } from '../model/binding.ts';
import type { TemplateMessage } from '../tool-calls/tool-call-format.ts';
import { createChatTemplate, foldSystemIntoUser, genericTemplate, mergeNeighbours } from './chat-template.ts';

let binding: Binding;
beforeAll(async () => {
  binding = await openBinding();
});

function open(text: string) {
  const template = createChatTemplate(binding.compileTemplate(text), { beginText: '<s>', endText: '</s>' });
  return {
    render: (messages: readonly ChatMessage[]) =>
      template.renderFirst([
        {
          messages: messages.map(({ role, content }) => ({ role, content: toText(content) })),
          variables: {},
        },
      ]),
  };
}

const conversation: ChatMessage[] = [
  { role: 'system', content: textContent('Speak like a pirate.') },
  { role: 'user', content: textContent('What is the capital of France?') },
  { role: 'assistant', content: textContent('It is Paris, arr.') },
  { role: 'user', content: textContent('And its most famous landmark?') },
];

describe('templates of well-known models', () => {
  testTemplates('the templates are here', () => {
    expect(templateFiles.length).toBeGreaterThan(30);
  });

  testEachTemplate('%s shows every turn, in order', (file) => {
    const rendered = open(readTemplate(file)).render(conversation);
    // Some templates put the system text into the last user's turn instead of the first.
    expect(rendered).toContain(toText(conversation[0]?.content ?? []));
    let from = 0;
    for (const text of conversation.slice(1).map(({ content }) => toText(content))) {
      const at = rendered.indexOf(text, from);
      expect(at, text).toBeGreaterThanOrEqual(from);
      from = at + text.length;
    }
  });

  testEachTemplate('%s takes any order of roles', (file) => {
    const template = open(readTemplate(file));
    const orders: ChatMessage[][] = [
      [
        { role: 'assistant', content: textContent('First word.') },
        { role: 'user', content: textContent('Second word.') },
      ],
      [
        { role: 'user', content: textContent('One.') },
        { role: 'user', content: textContent('Two.') },
        { role: 'system', content: textContent('Three.') },
      ],
      [{ role: 'system', content: textContent('Only system.') }],
      [
        { role: 'user', content: textContent('A.') },
        { role: 'assistant', content: textContent('B.') },
      ],
    ];
    for (const order of orders) {
      expect(() => template.render(order), JSON.stringify(order)).not.toThrow();
    }
  });
});

describe('chat template', () => {
  test('the generic form is ChatML', () => {
    expect(open(genericTemplate).render(conversation.slice(0, 2))).toBe(
      '<|im_start|>system\nSpeak like a pirate.<|im_end|>\n<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  test('a template that drops the system message gets it in the first user turn', () => {
    const dropping =
      "{% for m in messages %}{% if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endif %}{% endfor %}";
    expect(open(dropping).render(conversation.slice(0, 2))).toBe(
      '[user]Speak like a pirate.\n\nWhat is the capital of France?',
    );
  });

  test('neighbours of one role merge, system texts fold', () => {
    const messages: TemplateMessage[] = [
      { role: 'system', content: 'a' },
      { role: 'user', content: 'b' },
      { role: 'user', content: 'c' },
      { role: 'system', content: 'd' },
    ];
    expect(mergeNeighbours(messages.slice(1, 3))).toEqual([{ role: 'user', content: 'b\n\nc' }]);
    expect(foldSystemIntoUser(messages)).toEqual([
      { role: 'user', content: 'a\n\nd\n\nb' },
      { role: 'user', content: 'c' },
    ]);
  });
});
