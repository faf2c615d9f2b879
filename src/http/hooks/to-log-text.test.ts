import { expect, test } from 'vitest';
import { toLogText } from './to-log-text.ts';

test('what is harmless stays', () => {
  expect(toLogText('OpenAI/Python 2.1 (x; "y")')).toBe('OpenAI/Python 2.1 (x; "y")');
  expect(toLogText('Zürich 東京 🦊')).toBe('Zürich 東京 🦊');
  expect(toLogText(undefined)).toBeUndefined();
});

test('a long one is cut', () => {
  expect(toLogText('a'.repeat(200))).toBe('a'.repeat(200));
  expect(toLogText('a'.repeat(201))).toBe(`${'a'.repeat(200)}…`);
  expect(toLogText('🦊'.repeat(9_000_000))).toBe(`${'🦊'.repeat(200)}…`);
});

test('what a terminal or a viewer acts on is written out', () => {
  expect(toLogText('a\u001b[2Jb\nc\u009bd')).toBe('a\\u{1b}[2Jb\\u{a}c\\u{9b}d');
  expect(toLogText('\u202egpj.exe\u2066\u2028\u200b\ud800')).toBe(
    '\\u{202e}gpj.exe\\u{2066}\\u{2028}\\u{200b}\\u{d800}',
  );
});

test('a key has no part in a text that is cut', () => {
  for (const key of [`gx-${'A'.repeat(43)}`, `sk-${'B'.repeat(40)}`, `Bearer ${'C'.repeat(40)}`]) {
    for (let before = 140; before <= 200; before += 1) {
      expect(toLogText(`${'.'.repeat(before)} ${key} ${'.'.repeat(100)}`)).not.toMatch(/A|B{2}|C/);
    }
  }
});
