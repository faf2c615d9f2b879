import { expect } from 'vitest';
import type { ErrorReply } from '../../src/http/error-table.ts';
import type { TestApp } from '../start-test-app.ts';
import { assertAlive } from './requests.ts';

/** What the wire promises of one failure. */
export interface ErrorRow {
  readonly status: number;
  readonly type: ErrorReply['type'];
  readonly code: string | null;
  readonly param: string | null;
  /** False: the header `x-should-retry: false` is there. */
  readonly shouldRetry: boolean;
  /** Of the header, in seconds; absent: there is none. */
  readonly retryAfter?: string | RegExp;
  readonly message?: string | RegExp;
}

/** A failure, and how it comes about. */
export interface ErrorCase extends ErrorRow {
  readonly send: () => Promise<Response>;
}

/** What most refusals have in common. */
export const refused = {
  status: 400,
  type: 'invalid_request_error',
  param: null,
  shouldRetry: false,
} as const;

/** Characters of any error body, however large the request was. */
export const errorCharactersMax = 10_000;

/** The whole form of an error answer: nothing less, nothing more. */
export async function expectErrorAnswer(app: TestApp, answer: Response, row: ErrorRow): Promise<void> {
  const text = await answer.text();
  expect({ status: answer.status, body: JSON.parse(text) }).toEqual({
    status: row.status,
    body: {
      error: { message: expect.any(String), type: row.type, param: row.param, code: row.code },
    },
  });
  expect(JSON.parse(text).error.message).toMatch(row.message ?? /^[A-Z].*[.)]$/);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('x-should-retry')).toBe(row.shouldRetry ? null : 'false');
  const retryAfter =
    row.retryAfter instanceof RegExp ? expect.stringMatching(row.retryAfter) : row.retryAfter;
  expect(answer.headers.get('retry-after')).toEqual(retryAfter ?? null);
  expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  expect(answer.headers.get('openai-processing-ms')).toMatch(/^\d+$/);
  expect(text).not.toContain('secret.gguf');
  expect(text.length).toBeLessThan(errorCharactersMax);
  await assertAlive(app);
}
