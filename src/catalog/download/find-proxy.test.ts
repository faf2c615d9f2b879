import { describe, expect, test } from 'vitest';
import { findProxy, ProxyError } from './find-proxy.ts';

function find(address: string, environment: Record<string, string>): string | undefined {
  return findProxy(new URL(address), environment)?.href;
}

const proxy = 'http://proxy.example:3128/';

describe('the variable that counts', () => {
  test.each([
    ['https://huggingface.co/a', { HTTPS_PROXY: proxy }, proxy],
    ['https://huggingface.co/a', { https_proxy: proxy, HTTPS_PROXY: 'http://other.example' }, proxy],
    ['https://huggingface.co/a', { https_proxy: '', HTTPS_PROXY: proxy }, proxy],
    ['https://huggingface.co/a', { HTTP_PROXY: proxy }, undefined],
    ['http://mirror.example/a', { HTTPS_PROXY: proxy }, undefined],
    ['http://mirror.example/a', { http_proxy: proxy }, proxy],
    ['http://mirror.example/a', { HTTP_PROXY: proxy }, proxy],
    ['https://huggingface.co/a', { ALL_PROXY: proxy }, proxy],
    ['https://huggingface.co/a', { all_proxy: 'http://other.example', HTTPS_PROXY: proxy }, proxy],
    ['https://huggingface.co/a', { HTTPS_PROXY: ' proxy.example:3128 ' }, proxy],
    [
      'https://huggingface.co/a',
      { HTTPS_PROXY: 'https://user:p%40ss@proxy.example' },
      'https://user:p%40ss@proxy.example/',
    ],
    ['https://huggingface.co/a', {}, undefined],
  ])('%s with %j', (address, environment, expected) => {
    expect(find(address, environment)).toBe(expected);
  });

  test.each(['socks5://proxy.example', 'ftp://proxy.example', 'http://', ':::'])(
    '%s is no proxy',
    (value) => {
      expect(() => find('https://huggingface.co', { HTTPS_PROXY: value })).toThrow(ProxyError);
      expect(() => find('https://huggingface.co', { HTTPS_PROXY: value })).toThrow(/^HTTPS_PROXY must be/);
      expect(find('https://huggingface.co', { HTTPS_PROXY: value, NO_PROXY: '*' })).toBeUndefined();
    },
  );
});

describe('NO_PROXY', () => {
  test.each([
    ['https://huggingface.co', '*', true],
    ['https://huggingface.co', 'huggingface.co', true],
    ['https://cdn.huggingface.co', 'huggingface.co', true],
    ['https://cdn.huggingface.co', '.huggingface.co', true],
    ['https://cdn.huggingface.co', '*.huggingface.co', true],
    ['https://huggingface.co', 'localhost, HuggingFace.co', true],
    ['https://huggingface.co', 'localhost huggingface.co.', true],
    ['https://nothuggingface.co', 'huggingface.co', false],
    ['https://huggingface.co.example', 'huggingface.co', false],
    ['https://huggingface.co', 'huggingface.co:443', true],
    ['https://huggingface.co', 'huggingface.co:8443', false],
    ['http://mirror.example:8080', 'mirror.example:8080', true],
    ['http://mirror.example', 'mirror.example:80', true],
    ['http://localhost:11434', 'localhost', true],
    ['http://127.0.0.1:8080', '127.0.0.1', true],
    ['http://127.0.0.1:8080', '127.0.0.0/8', true],
    ['http://10.1.2.3', '10.1.0.0/16', true],
    ['http://10.2.2.3', '10.1.0.0/16', false],
    ['http://10.1.2.3', '10.1.2.3:80', true],
    ['http://110.1.2.3', '10.1.2.3', false],
    ['http://10.1.2.3', '10.1.2.3/99', false],
    ['http://[::1]:8080', '::1', true],
    ['http://[::1]:8080', '[::1]:8080', true],
    ['http://[::1]:8080', '[::1]:81', false],
    ['http://[fd00::5]', 'fd00::/8', true],
    ['https://huggingface.co', ' , .', false],
  ])('%s with %s: %s', (address, list, isExcepted) => {
    const both = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
    expect(find(address, { ...both, NO_PROXY: list })).toBe(isExcepted ? undefined : proxy);
    expect(find(address, { ...both, no_proxy: list })).toBe(isExcepted ? undefined : proxy);
  });
});
