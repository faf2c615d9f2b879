import { expect, test } from 'vitest';
import { createSecretFilter } from './hide-secrets.ts';

const key = `gx-${'0123456789abcdef'}-${'Ab_-'.repeat(13)}ab`;

test.each([
  [`a key of ours ${key} here`, 'a key of ours [secret] here'],
  ['{"authorization":"Bearer abcdef.ghijkl-123"}', '{"authorization":"Bearer [secret]"}'],
  ['sk-proj-abcdefghijklmnop123 and hf_abcdefghijklmnopqrst', '[secret] and [secret]'],
  [
    'postgres://gravix:pass%20word@db.example:5432/gravix',
    'postgres://gravix:[secret]@db.example:5432/gravix',
  ],
  ['redis://:password@host', 'redis://:[secret]@host'],
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '[secret]'],
])('%s', (line, safe) => {
  expect(createSecretFilter().hide(line)).toBe(safe);
});

test.each([
  'http://127.0.0.1:4728/v1/chat/completions?a=b@c',
  'the key gx-0123456789abcdef-abcd… was created',
  'key_0123456789abcdef req_0123456789abcdef task-force-of-five-people',
  'see https://example.com:443/@user',
  '{"msg":"request","route":"/v1/models/*","elapsedMs":12.5}',
])('%s stays', (line) => {
  expect(createSecretFilter().hide(line)).toBe(line);
});

test('secrets of this server, also with characters that patterns and JSON treat specially', () => {
  const secrets = ['my.own+key$1', 'with "quotes" \\ in it', 'short'];
  const filter = createSecretFilter(secrets);
  for (const secret of secrets.slice(0, 2)) {
    const line = JSON.stringify({ detail: `it was ${secret}.` });
    expect(filter.hide(line)).toBe('{"detail":"it was [secret]."}');
  }
  expect(filter.hide('myxown+key$1 and a short word')).toBe('myxown+key$1 and a short word');
});

test('a secret that begins another one leaves nothing of it', () => {
  const { hide } = createSecretFilter(['abcdefgh', 'abcdefgh-PROD-1']);
  expect(hide('abcdefgh-PROD-1 and abcdefgh')).toBe('[secret] and [secret]');
});

test('secrets that are learned later are hidden too, and the earlier ones stay hidden', () => {
  const { hide, learn } = createSecretFilter(['the-first-one']);
  learn(['the-second.one', '', 'short']);
  learn([]);
  expect(hide('the-first-one the-second.one short')).toBe('[secret] [secret] short');
  learn(Array.from({ length: 1024 }, (_, number) => `rotated-${number}-key`));
  expect(hide('the-first-one rotated-0-key rotated-1023-key')).toBe('the-first-one [secret] [secret]');
});

test('a secret that was cut off leaves nothing of it, whatever its form and wherever it was cut', () => {
  const secrets = ['my.own+key$1-of-the-test', 'with "quotes" \\ in it', 'abcdefgh-PROD', 'abcdefghij'];
  const { hide } = createSecretFilter(secrets);
  for (const secret of secrets) {
    for (let count = 8; count <= secret.length; count += 1) {
      const line = JSON.stringify({ first: `It was ${secret.slice(0, count)}…`, second: 'cut… here… …' });
      expect(hide(line)).toBe('{"first":"It was [secret]…","second":"cut… here… …"}');
    }
  }
});

test('a word before a mark of a cut stays, also if a secret begins like it', () => {
  const { hide } = createSecretFilter(['password-of-mine']);
  expect(hide('the passwor… of gx-0123456789abcdef-abcd… and a password')).toBe(
    'the passwor… of gx-0123456789abcdef-abcd… and a password',
  );
});
