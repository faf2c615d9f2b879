import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TokenLogprob } from '../../../backend/generation-event.ts';
import { createCompletionText, type ShownText } from './completion-text.ts';

describe('completion text', () => {
  test('bytes cut anywhere become the same text, and never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.array(fc.nat(200)), (whole, cuts) => {
        const bytes = new TextEncoder().encode(whole);
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const text = createCompletionText([]);
        const shown = edges.slice(1).map((end, index) => text.push(bytes.subarray(edges[index], end)).text);
        shown.push(text.end().text);
        expect(shown.join('')).toBe(whole);
        expect(shown.every((part) => !part.includes('\uFFFD'))).toBe(!whole.includes('\uFFFD'));
      }),
      { numRuns: 1000 },
    );
  });

  test('bytes of an unfinished character at the end are dropped', () => {
    const text = createCompletionText([]);
    expect(text.push(Uint8Array.of(0x61, 0xf0, 0x9f)).text).toBe('a');
    expect(text.end().text).toBe('');
  });

  test('or where its other bytes will not come, and what comes next is whole', () => {
    const text = createCompletionText([]);
    expect(text.push(Uint8Array.of(0x61, 0xf0, 0x9f)).text).toBe('a');
    text.dropUnfinished();
    expect(text.push(Uint8Array.of(0x62, 0xc3, 0xa4)).text).toBe('b\u00e4');
  });

  test('stop sequences do not count in the tokens that are free of them', () => {
    const text = createCompletionText(['b'], 2);
    const push = (piece: string) => text.push(new TextEncoder().encode(piece));
    expect([push('ab'), push('b')].map(({ stopSequence }) => stopSequence)).toEqual([undefined, undefined]);
    expect(push('cb')).toMatchObject({ text: 'c', stopSequence: 'b' });
  });

  test('bytes that are no UTF-8 become U+FFFD', () => {
    expect(createCompletionText([]).push(Uint8Array.of(0x61, 0xff, 0x62)).text).toBe('a\uFFFDb');
  });

  test('a stop sequence is found across tokens, also inside a character sequence', () => {
    const wave = new TextEncoder().encode('🌊');
    const text = createCompletionText(['🌊!']);
    expect(text.push(wave.subarray(0, 2))).toEqual({ text: '', logprobs: [], stopSequence: undefined });
    expect(text.push(wave.subarray(2))).toEqual({ text: '', logprobs: [], stopSequence: undefined });
    expect(text.push(new TextEncoder().encode('!more'))).toEqual({
      text: '',
      logprobs: [],
      stopSequence: '🌊!',
    });
  });
});

describe('log-probabilities', () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const note = (text: string): TokenLogprob => ({ text, bytes: undefined, logprob: -1, top: [] });
  const namesOf = ({ logprobs }: ShownText) => logprobs.map(({ text }) => text);

  test('go out with the first character of their token', () => {
    const text = createCompletionText([]);
    const wave = encode('🌊');
    expect(namesOf(text.push(encode('a'), note('a')))).toEqual(['a']);
    expect(namesOf(text.push(wave.subarray(0, 1), note('1')))).toEqual([]);
    expect(namesOf(text.push(wave.subarray(1, 3), note('2')))).toEqual([]);
    expect(namesOf(text.push(Uint8Array.of(...wave.subarray(3), 0x62), note('3b')))).toEqual([
      '1',
      '2',
      '3b',
    ]);
    expect(namesOf(text.end())).toEqual([]);
  });

  test('of text that is held back wait with it, and are told when it comes', () => {
    const text = createCompletionText(['stop here']);
    expect(namesOf(text.push(encode('no st'), note('no st')))).toEqual(['no st']);
    expect(namesOf(text.push(encode('op'), note('op')))).toEqual([]);
    expect(namesOf(text.push(encode(' he'), note(' he')))).toEqual([]);
    expect(namesOf(text.push(encode('aring'), note('aring')))).toEqual(['op', ' he', 'aring']);
    text.push(encode('sto'), note('sto'));
    expect(namesOf(text.end())).toEqual(['sto']);
  });

  test('of a stop sequence are never told, those of a token that it only ends in are', () => {
    const text = createCompletionText(['stop']);
    expect(namesOf(text.push(encode('a st'), note('a st')))).toEqual(['a st']);
    expect(namesOf(text.push(encode('op'), note('op')))).toEqual([]);
    expect(namesOf(text.end())).toEqual([]);
  });

  test('of an unfinished character, and of a token without text at the end, are never told', () => {
    const text = createCompletionText([]);
    expect(namesOf(text.push(new Uint8Array(), note('<control>')))).toEqual([]);
    expect(namesOf(text.push(encode('a'), note('a')))).toEqual(['<control>', 'a']);
    text.push(Uint8Array.of(0xf0, 0x9f), note('part'));
    expect(namesOf(text.end())).toEqual([]);
  });
});
