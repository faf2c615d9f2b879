import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type AdminRequest, createAdminClient } from './admin-client.ts';

let app: TestApp;
let ask: AdminRequest;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
  ask = await createAdminClient(app);
});

afterAll(() => app.close());

test.each<[string, unknown, string | null, string]>([
  ['no name', {}, 'name', 'missing_required_parameter'],
  ['an empty name', { name: '' }, 'name', 'empty_string'],
  ['a long name', { name: 'x'.repeat(101) }, 'name', 'string_above_max_length'],
  ['a name with a line break', { name: 'a\nb' }, 'name', 'invalid_value'],
  ['a name with spaces around it', { name: ' a' }, 'name', 'invalid_value'],
  ['a list', [], null, 'invalid_type'],
  ['an unknown field', { name: 'a', limit: {} }, 'limit', 'unsupported_parameter'],
  ['a misspelt limit', { name: 'a', limits: { rpm: 1 } }, 'limits.rpm', 'unsupported_parameter'],
  ['a hostile field', { name: 'a', 'x"\n<b>': 1 }, 'x___b_', 'unsupported_parameter'],
  [
    'a limit of 0',
    { name: 'a', limits: { requests_per_day: 0 } },
    'limits.requests_per_day',
    'integer_below_min_value',
  ],
  [
    'a negative limit',
    { name: 'a', limits: { tokens_per_day: -1 } },
    'limits.tokens_per_day',
    'integer_below_min_value',
  ],
  [
    'a huge limit',
    { name: 'a', limits: { tokens_per_day: 1e13 } },
    'limits.tokens_per_day',
    'integer_above_max_value',
  ],
  [
    'an immense limit',
    { name: 'a', limits: { tokens_per_day: 1e300 } },
    'limits.tokens_per_day',
    'integer_above_max_value',
  ],
  [
    'a limit with a fraction',
    { name: 'a', limits: { concurrent_requests: 1.5 } },
    'limits.concurrent_requests',
    'invalid_type',
  ],
  [
    'a limit as a text',
    { name: 'a', limits: { concurrent_requests: '1' } },
    'limits.concurrent_requests',
    'invalid_type',
  ],
  ['limits as a number', { name: 'a', limits: 5 }, 'limits', 'invalid_type'],
  ['no scope', { name: 'a', scopes: [] }, 'scopes', 'empty_array'],
  ['an unknown scope', { name: 'a', scopes: ['root'] }, 'scopes[0]', 'unsupported_value'],
  ['a scope as a text', { name: 'a', scopes: 'admin' }, 'scopes', 'invalid_type'],
  ['no model', { name: 'a', models: [] }, 'models', 'empty_array'],
  ['an empty model', { name: 'a', models: [''] }, 'models[0]', 'empty_string'],
  ['an unknown project', { name: 'a', project: 'nowhere' }, 'project', 'invalid_value'],
  ['an expiry that is over', { name: 'a', expires_at: 1 }, 'expires_at', 'invalid_value'],
  ['an expiry in milliseconds', { name: 'a', expires_at: 9e15 }, 'expires_at', 'integer_above_max_value'],
  ['an expiry as a text', { name: 'a', expires_at: '2030-01-01' }, 'expires_at', 'invalid_type'],
  ['metadata that is no text', { name: 'a', metadata: { a: 1 } }, 'metadata', 'invalid_type'],
  ['a budget without a period', { name: 'a', budget: { amount: 1 } }, 'budget', 'invalid_value'],
  ['a budget of nothing', { name: 'a', budget: { period: 'day' } }, 'budget', 'invalid_value'],
  [
    'an amount of 0',
    { name: 'a', budget: { amount: 0, period: 'day' } },
    'budget.amount',
    'decimal_below_min_value',
  ],
  [
    'an amount below 0',
    { name: 'a', budget: { amount: -1, period: 'day' } },
    'budget.amount',
    'decimal_below_min_value',
  ],
  [
    'an amount past all money',
    { name: 'a', budget: { amount: 1e9, period: 'day' } },
    'budget.amount',
    'decimal_above_max_value',
  ],
  ['ten decimals', { name: 'a', budget: { amount: 1.0000000001, period: 'day' } }, 'budget', 'invalid_value'],
  [
    'ten decimals of little',
    { name: 'a', budget: { amount: 1.5e-9, period: 'day' } },
    'budget',
    'invalid_value',
  ],
  [
    'a currency in lower case',
    { name: 'a', budget: { amount: 1, currency: 'usd', period: 'day' } },
    'budget.currency',
    'invalid_value',
  ],
  [
    'a currency of no amount',
    { name: 'a', budget: { tokens: 1, currency: 'USD', period: 'day' } },
    'budget',
    'invalid_value',
  ],
  [
    'an unknown period',
    { name: 'a', budget: { amount: 1, period: 'year' } },
    'budget.period',
    'unsupported_value',
  ],
  [
    'an unknown time zone',
    { name: 'a', budget: { amount: 1, period: 'day', time_zone: 'Mars/Base' } },
    'budget',
    'invalid_value',
  ],
  [
    'an override that is over',
    { name: 'a', budget: { amount: 1, period: 'day', override: { amount: 2, until: 1 } } },
    'budget',
    'invalid_value',
  ],
  [
    'an override that raises nothing',
    { name: 'a', budget: { amount: 1, period: 'day', override: { amount: 1, until: 9e9 } } },
    'budget',
    'invalid_value',
  ],
  [
    'an override without an end',
    { name: 'a', budget: { amount: 1, period: 'day', override: { amount: 2 } } },
    'budget.override.until',
    'missing_required_parameter',
  ],
])('%s is refused', async (_name, body, param, code) => {
  const before = (await app.keys.list()).length;
  const answer = await ask('POST', '/v1/admin/keys', body);
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { type: 'invalid_request_error', param, code, message: expect.any(String) } },
  });
  expect(answer.headers.get('x-should-retry')).toBe('false');
  expect((await app.keys.list()).length).toBe(before);
});
