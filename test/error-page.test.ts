import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toErrorPage } from '../scripts/error-page.ts';
import { type ErrorCode, errorTable, wireCodes } from '../src/http/error-table.ts';
import { requestErrorCodes } from '../src/protocol/openai/shared/error.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'api', 'errors.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

test('docs/api/errors.md is what `npm run docs:api` writes', () => {
  expect(page).toBe(toErrorPage());
});

test('each code that a client may see stands there with its status, type and whether a retry helps', () => {
  for (const code of Object.keys(errorTable) as ErrorCode[]) {
    const { status, type, isRetryable } = errorTable[code];
    const wireCode = wireCodes[code] === undefined ? code : wireCodes[code];
    const found = rows.filter(
      (row) => row[1] === String(status) && row[2] === String(wireCode) && row[3] === type,
    );
    expect(
      found.map((row) => row[4]),
      code,
    ).toEqual([isRetryable ? 'yes' : 'no']);
  }
  for (const code of requestErrorCodes) {
    expect(
      rows.filter((row) => row[1] === '400' && row[2] === code),
      code,
    ).toHaveLength(1);
  }
});

test('no row is twice there, and each says when it happens', () => {
  const keys = rows.map((row) => row.slice(1, 4).join());
  expect(new Set(keys).size).toBe(keys.length);
  for (const row of rows) expect(row[5]).toMatch(/^[A-Z].*\.$/);
});
