import { expect, test } from 'vitest';
import { isOrigin } from './is-origin.ts';

test.each([
  'https://app.example',
  'http://localhost:5173',
  'http://127.0.0.1:8080',
  'http://[::1]:3000',
  'https://xn--bcher-kva.example',
  'chrome-extension://abcdefghijklmnop',
  'tauri://localhost',
])('%s is an origin', (text) => {
  expect(isOrigin(text)).toBe(true);
});

test.each([
  ['a path', 'https://app.example/'],
  ['no scheme', 'app.example'],
  ['no host', 'https://'],
  ["the scheme's own port", 'https://app.example:443'],
  ['capitals', 'https://App.example'],
  ['a name and a password', 'https://me:secret@app.example'],
  ['a wildcard in the host', 'https://*.app.example'],
  ['a query', 'tauri://localhost?a'],
  ['the origin of sandboxed pages', 'null'],
  ['everything', '*'],
  ['nothing', ''],
  ['a file', 'file://'],
])('%s is none: %s', (_, text) => {
  expect(isOrigin(text)).toBe(false);
});
