import { expect, test } from 'vitest';
import type { ChatMessage } from '../../backend/generation-request.ts';
import { textContent } from '../../backend/message-content.ts';
import type { JsonSchemaFormat, OutputFormat } from '../../backend/output-format.ts';
import { shownSchemaCharactersMax, shownSchemaDepthMax, showSchema } from './show-schema.ts';

const user: ChatMessage = { role: 'user', content: textContent('Hello') };
const schema = { title: 'T', properties: { b: { description: 'é' }, a: {} } };
const sentence =
  'Answer with JSON that matches this JSON Schema: {"title":"T","properties":{"b":{"description":"é"},"a":{}}}';

function toFormat(more: Partial<JsonSchemaFormat> = {}): OutputFormat {
  return { kind: 'json-schema', name: 'a', description: undefined, schema, strict: true, ...more };
}

function show(format: OutputFormat, messages: readonly ChatMessage[] = [user], contextLength = 100_000) {
  return showSchema(messages, format, contextLength);
}

test('a conversation without a system message gets one', () => {
  expect(show(toFormat())).toEqual([{ role: 'system', content: textContent(sentence) }, user]);
});

test('a system message keeps its own text in front, and the others are left alone', () => {
  const system: ChatMessage = { role: 'system', content: textContent('Be brief.') };
  expect(show(toFormat(), [system, user, system])).toEqual([
    { role: 'system', content: textContent(`Be brief.\n\n${sentence}`) },
    user,
    system,
  ]);
  expect(show(toFormat(), [{ role: 'system', content: textContent('') }])).toEqual([
    { role: 'system', content: textContent(sentence) },
  ]);
});

test('what the format says of itself is read too', () => {
  expect(show(toFormat({ description: 'A person.' }))[0]?.content).toEqual(
    textContent(`A person.\n${sentence}`),
  );
});

test.each<OutputFormat>([
  { kind: 'json-object' },
  { kind: 'pattern', pattern: 'a' },
  { kind: 'choice', choices: ['a'] },
  { kind: 'grammar', grammar: 'root ::= "a"' },
])('$kind adds nothing', (format) => {
  expect(show(format)).toEqual([user]);
});

test('a schema is shown up to its limits, and beyond them not at all', () => {
  const ofCharacters = (characters: number) => ({ title: 'x'.repeat(characters - '{"title":""}'.length) });
  const isShown = (shown: unknown, contextLength?: number) =>
    show(toFormat({ schema: shown }), [user], contextLength).length === 2;
  expect(isShown(ofCharacters(shownSchemaCharactersMax))).toBe(true);
  expect(isShown(ofCharacters(shownSchemaCharactersMax + 1))).toBe(false);
  expect(isShown(ofCharacters(512), 512)).toBe(true);
  expect(isShown(ofCharacters(513), 512)).toBe(false);
  const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  expect(isShown(nested(shownSchemaDepthMax))).toBe(true);
  expect(isShown(nested(shownSchemaDepthMax + 1))).toBe(false);
});

test.each<[string, unknown]>([
  ['deep', JSON.parse(`${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`)],
  ['long', { enum: Array(2_000_000).fill(1) }],
  ['wide', Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]))],
  ['large', { const: 'x'.repeat(5_000_000) }],
])('a %s schema is found too large at little cost', (_, hostile) => {
  const startMs = performance.now();
  expect(show(toFormat({ schema: hostile }))).toEqual([user]);
  expect(performance.now() - startMs).toBeLessThan(5000);
});
