import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCompletionText } from './completion-text.ts';

describe('completion text', () => {
  test('bytes cut anywhere become the same text, and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.array(fc.nat(200)), (whole, cuts) => {
        const bytes = new TextEncoder().encode(whole);
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const text = createCompletionText([]);
        const shown = edges.slice(1).map((end, index) => text.push(bytes.subarray(edges[index], end)).text);
        shown.push(text.end());
        expect(shown.join('')).toBe(whole);
        expect(shown.every((part) => !part.includes('\uFFFD'))).toBe(!whole.includes('\uFFFD'));
      }),
      { numRuns: 1000 },
    );
  });

  test('bytes of an unfinished character at the end are dropped', () => {
    const text = createCompletionText([]);
    expect(text.push(Uint8Array.of(0x61, 0xf0, 0x9f)).text).toBe('a');
    expect(text.end()).toBe('');
  });

  test('bytes that are no UTF-8 become U+FFFD', () => {
    expect(createCompletionText([]).push(Uint8Array.of(0x61, 0xff, 0x62)).text).toBe('a\uFFFDb');
  });

  test('a stop sequence is found across tokens, also inside a character sequence', () => {
    const wave = new TextEncoder().encode('🌊');
    const text = createCompletionText(['🌊!']);
    expect(text.push(wave.subarray(0, 2))).toEqual({ text: '', isStopped: false });
    expect(text.push(wave.subarray(2))).toEqual({ text: '', isStopped: false });
    expect(text.push(new TextEncoder().encode('!more'))).toEqual({ text: '', isStopped: true });
  });
});
