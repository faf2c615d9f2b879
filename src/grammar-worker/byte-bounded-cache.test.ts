import { expect, test } from 'vitest';
import { ByteBoundedCache } from './byte-bounded-cache.ts';

test('what was asked for longest ago goes first', () => {
  const dropped: string[] = [];
  const cache = new ByteBoundedCache<number>(100, (key) => dropped.push(key));
  cache.set('a', 1, 40);
  cache.set('b', 2, 40);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3, 40);
  expect(dropped).toEqual(['b']);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  expect(cache.bytes).toBe(80);
});

test('a key that is set again counts once', () => {
  const cache = new ByteBoundedCache<number>(100, () => {});
  cache.set('a', 1, 60);
  cache.set('a', 2, 50);
  expect(cache.bytes).toBe(50);
  expect(cache.get('a')).toBe(2);
});

test('a value larger than all of it leaves the others alone', () => {
  const dropped: string[] = [];
  const cache = new ByteBoundedCache<number>(100, (key) => dropped.push(key));
  cache.set('a', 1, 60);
  cache.set('b', 2, 101);
  expect(cache.has('a')).toBe(true);
  expect(cache.has('b')).toBe(false);
  expect(dropped).toEqual(['b']);
});
