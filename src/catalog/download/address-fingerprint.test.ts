import { expect, test } from 'vitest';
import { toAddressFingerprint } from './address-fingerprint.ts';

const plain = 'https://host.example/a/model.gguf?file=1';

test('of an address its name, its password and its fragment do not count', () => {
  expect(toAddressFingerprint('https://me:pass@host.example/a/model.gguf?file=1#part')).toBe(
    toAddressFingerprint(plain),
  );
});

test.each([
  'https://host.example/a/model.gguf?file=2',
  'https://host.example/a/model.gguf',
  'https://host.example/b/model.gguf?file=1',
  'http://host.example/a/model.gguf?file=1',
  'https://other.example/a/model.gguf?file=1',
])('%s is another address', (address) => {
  expect(toAddressFingerprint(address)).not.toBe(toAddressFingerprint(plain));
  expect(toAddressFingerprint(address)).toMatch(/^[0-9a-f]{64}$/);
});
