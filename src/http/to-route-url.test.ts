import { expect, test } from 'vitest';
import { toRouteUrl } from './to-route-url.ts';

test.each([
  ['/v1/inference/v1/models', '/v1/models'],
  ['/v1/inference/v1/chat/completions?a=/v1/v1', '/v1/chat/completions?a=/v1/v1'],
  ['/v1/v1/models', '/v1/models'],
  ['/v1/v1/inference/models/', '/v1/inference/models/'],
  ['/v1/inference/v1/inference/v1', '/v1'],
  ['/v1/inference/models/v1/v1/a', '/v1/inference/models/v1/v1/a'],
  ['/v1/inference', '/v1/inference'],
  ['/v1/v1x', '/v1/v1x'],
  ['/v1', '/v1'],
  ['/', '/'],
  ['/v1//chat/completions', '/v1/chat/completions'],
  ['/v1/inference///models', '/v1/inference/models'],
  ['/v1/models/hf:a//b', '/v1/models/hf:a//b'],
])('%s is %s', (url, stripped) => {
  expect(toRouteUrl(url)).toBe(stripped);
});
