import { expect, test } from 'vitest';
import {
  addMessage,
  type Lane,
  listVersions,
  type Message,
  showVersion,
  toPath,
  toTitle,
} from './conversation.ts';

function user(id: string, parentId: string | null): Message {
  return { id, parentId, kind: 'user', text: id, images: [] };
}

const empty: Lane = { model: 'm', messages: [], headId: null };

function build(...messages: Message[]): Lane {
  return messages.reduce(addMessage, empty);
}

test('a path leads from the first message to the head', () => {
  expect(toPath(empty)).toEqual([]);
  expect(toPath(build(user('a', null), user('b', 'a'))).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('an edited message starts another path, and both can be shown', () => {
  const lane = build(user('a', null), user('b', 'a'), user('c', 'b'), user('b2', 'a'));
  expect(toPath(lane).map(({ id }) => id)).toEqual(['a', 'b2']);
  expect(listVersions(lane, user('b', 'a')).map(({ id }) => id)).toEqual(['b', 'b2']);
  expect(toPath(showVersion(lane, 'b')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(toPath(showVersion(showVersion(lane, 'b'), 'b2')).map(({ id }) => id)).toEqual(['a', 'b2']);
});

test('a first message has versions too', () => {
  const lane = build(user('a', null), user('a2', null));
  expect(listVersions(lane, user('a', null)).map(({ id }) => id)).toEqual(['a', 'a2']);
});

test('a title is the first line, shortened', () => {
  expect(toTitle('  One\ntwo')).toBe('One');
  expect(toTitle('x'.repeat(100))).toHaveLength(60);
});
