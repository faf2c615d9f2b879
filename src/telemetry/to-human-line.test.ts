import { expect, test } from 'vitest';
import { toHumanLine } from './to-human-line.ts';

const time = new Date(2026, 0, 2, 13, 4, 5).toISOString();

test('time, level, message and fields', () => {
  const line = JSON.stringify({
    level: 30,
    time,
    status: 200,
    isComplete: true,
    userAgent: 'curl/8.1 (x)',
    key: 'laptop',
    msg: 'request',
  });
  expect(toHumanLine(line)).toBe(
    '13:04:05 info  request status=200 isComplete=true userAgent="curl/8.1 (x)" key=laptop\n',
  );
});

test('an error has its stack below', () => {
  const err = { type: 'Error', message: 'no room', stack: 'Error: no room\n    at write (log.ts:1)' };
  expect(toHumanLine(JSON.stringify({ level: 50, time, err, msg: 'failed' }))).toBe(
    '13:04:05 error failed\n  Error: no room\n  at write (log.ts:1)\n',
  );
});

test('nothing that a client sends reaches the terminal as a control or a turn of direction', () => {
  const hostile = ['\u001b[2J', 'a\nb', '\u0007', '\u009b1m', '\u202eabc', '\u2028', '\u200b', '\u007f'];
  for (const text of hostile) {
    const err = { message: text };
    const line = toHumanLine(JSON.stringify({ level: 40, time, a: text, b: { c: text }, err, msg: text }));
    expect(line.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(line).toContain('13:04:05 warn ');
  }
});
