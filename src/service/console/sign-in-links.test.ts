import { expect, test } from 'vitest';
import { createSignInLinks, signInLinkMsMax } from './sign-in-links.ts';

function createLinks(readKey: () => Promise<string | undefined> = async () => 'the key') {
  const clock = { ms: 1000 };
  return { clock, links: createSignInLinks({ readKey, now: () => clock.ms }) };
}

test('a link stands for the key, once', async () => {
  const { links } = createLinks();
  const secret = links.create();
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(await links.redeem(secret)).toBe('the key');
  expect(await links.redeem(secret)).toBeUndefined();
});

test('two that redeem it at the same time do not both get the key', async () => {
  const { links } = createLinks();
  const secret = links.create();
  const outcomes = await Promise.all([links.redeem(secret), links.redeem(secret)]);
  expect(outcomes).toEqual(['the key', undefined]);
});

test.each([
  ['', 'nothing'],
  ['x', 'another text'],
  ['A'.repeat(43), 'a text of the same length'],
])('"%s" is no link: %s; the link stays valid', async (wrong) => {
  const { links } = createLinks();
  const secret = links.create();
  expect(await links.redeem(wrong)).toBeUndefined();
  expect(await links.redeem(secret)).toBe('the key');
});

test('a link ends after its time, and not before', async () => {
  const { links, clock } = createLinks();
  const first = links.create();
  clock.ms += signInLinkMsMax;
  expect(await links.redeem(first)).toBe('the key');
  const second = links.create();
  clock.ms += signInLinkMsMax + 1;
  expect(await links.redeem(second)).toBeUndefined();
});

test('a new link makes the earlier one void, and before the first there is none', async () => {
  const { links } = createLinks();
  expect(await links.redeem('')).toBeUndefined();
  const first = links.create();
  const second = links.create();
  expect(await links.redeem(first)).toBeUndefined();
  expect(await links.redeem(second)).toBe('the key');
});

test('without a local key a link opens nothing', async () => {
  const { links } = createLinks(async () => undefined);
  expect(await links.redeem(links.create())).toBeUndefined();
});
