import { expect, test } from 'vitest';
import { createChatCompletionId } from './chat-completion-envelope.ts';

test('an id has the known prefix and 128 random bits', () => {
  const ids = Array.from({ length: 10_000 }, createChatCompletionId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^chatcmpl-[0-9a-f]{32}$/);
});
