import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiPages, toApiPage } from '../scripts/api-page.ts';
import { chatCompletionRequestSchema } from '../src/protocol/openai/chat/chat-completion-request.ts';
import { listUnsupportedParameters } from '../src/protocol/openai/chat/unsupported-parameters.ts';
import { responseRequestSchema } from '../src/protocol/openai/responses/response-request.ts';

const pages = apiPages.map((page) => ({ ...page, text: toApiPage(page) }));
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
const rows = rowsOf(pages[0]?.text ?? '');

function rowOf(field: string): readonly string[] | undefined {
  return rows.find((row) => row[1] === `\`${field}\``);
}

it.each(apiPages)('docs/api/$file is what `npm run docs:api` writes', (page) => {
  const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'api', page.file), 'utf8');
  expect(text).toBe(toApiPage(page));
});

it('the page of responses has a row for every field', () => {
  const names = rowsOf(pages[1]?.text ?? '').map((row) => row[1]);
  expect(new Set(names).size).toBe(names.length);
  for (const name of Object.keys(responseRequestSchema.shape)) expect(names).toContain(`\`${name}\``);
  expect(names).toContain('`reasoning.effort`');
});

it('every field has one row that says what we do and what it means', () => {
  expect(new Set(rows.map((row) => row[1])).size).toBe(rows.length);
  for (const name of Object.keys(chatCompletionRequestSchema.shape)) {
    expect(rowOf(name)?.[6], name).toMatch(/.{10}/);
  }
  for (const [place, table] of Object.entries(listUnsupportedParameters())) {
    for (const name of Object.keys(table)) {
      expect(rowOf(place === '' ? name : `${place}.${name}`)?.[5], name).toBe('refused');
    }
  }
});

it('a row says type, range and default', () => {
  expect(rowOf('temperature')?.slice(2, 6)).toEqual(['number or null', '0 to 2', '`1`', 'honoured']);
  expect(rowOf('model')?.slice(2, 6)).toEqual(['string, required', '1 to 256 characters', '', 'honoured']);
  expect(rowOf('messages[role=user].name')?.[5]).toBe('no effect');
});
