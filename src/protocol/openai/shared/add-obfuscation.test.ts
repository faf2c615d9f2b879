import { expect, test } from 'vitest';
import type { ChatCompletionChunk } from '../chat/chat-completion-chunk.ts';
import { addObfuscation, obfuscatedBytesStep } from './add-obfuscation.ts';

function toChunk(content: string): ChatCompletionChunk {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    system_fingerprint: 'f',
    choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
  };
}

test('chunks with text are padded to whole steps and are otherwise what they were', () => {
  const chunks = ['', 'a', ' word', '🦙"\\\n', 'x'.repeat(300)].map(toChunk);
  const usage = { ...toChunk(''), choices: [] };
  const padded: ChatCompletionChunk[] = [...chunks, usage].map(addObfuscation);
  expect(padded.pop()).toEqual(usage);
  for (const [index, { obfuscation, ...chunk }] of padded.entries()) {
    expect(chunk).toEqual(chunks[index]);
    expect(obfuscation).toMatch(/^[\w-]+$/);
    expect(Buffer.byteLength(JSON.stringify(padded[index])) % obfuscatedBytesStep).toBe(0);
  }
  const lengths = padded.slice(0, 4).map((chunk) => JSON.stringify(chunk).length);
  expect(new Set(padded.map(({ obfuscation }) => obfuscation)).size).toBe(padded.length);
  expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(obfuscatedBytesStep);
});
