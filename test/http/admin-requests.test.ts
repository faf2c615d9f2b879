// The ledger as a log of requests over HTTP: the rows are of requests that were really made.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/store/postgres/open-database.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';
import { createLedgerRow } from '../usage-rows.ts';
import { type AdminRequest, createAdminClient } from './admin-client.ts';
import { findOperation, readOpenApi } from './read-openapi.ts';
import { postChat } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';

const capabilities = { ...chatCapabilities, embeddings: true };
const price = { inputNano: 2e9, cachedInputNano: 1e9, outputNano: 8e9, currency: 'EUR' };
const hour = 3_600_000;
const dayOne = 20_000 * 24 * hour;

/** On a busy machine, a database takes its time. */
const setUpMsMax = 60_000;

interface Row {
  readonly id: string;
  readonly request_id: string;
  readonly model: string;
}

let app: TestApp;
let admin: AdminRequest;
let alice: { readonly id: string; readonly key: string };

function testLog(openOptions: () => Promise<Pick<TestAppOptions, 'openStore'>>): void {
  beforeAll(async () => {
    app = await startTestApp({
      ...(await openOptions()),
      models: { good: sayTexts('Hi', ' you'), free: sayTexts('Hi') },
      facts: { good: { capabilities }, free: { capabilities } },
      prices: { good: price },
    });
    admin = await createAdminClient(app);
    const { key, record } = await app.keys.create({ name: 'alice' });
    alice = { key, id: record.id };
    const earlier = Array.from({ length: 25 }, (_, index) =>
      createLedgerRow({
        requestId: `old_${index}`,
        keyId: index % 5 === 0 ? 'key_rare' : 'key_old',
        model: index === 3 ? '=HYPERLINK("http://evil")' : 'old',
        outcome: index === 24 ? 'timed-out' : 'completed',
        costNano: undefined,
        beganAtMs: dayOne + index * hour - 110,
        endedAtMs: dayOne + index * hour,
      }),
    );
    await app.usageStore.change([], (transaction) => transaction.insertRows(earlier));
    for (const [path, body] of [
      ['chat/completions', { model: 'good', messages: [{ role: 'user', content: 'Hello' }], stream: true }],
      ['embeddings', { model: 'free', input: 'a' }],
    ] as const) {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await postChat(app, JSON.stringify(body), { path: `/v1/${path}`, headers });
      await answer.text();
      expect(answer.status).toBe(200);
    }
    await vi.waitFor(async () => expect(await app.ledger()).toHaveLength(27), { timeout: 45_000 });
  }, setUpMsMax);

  afterAll(() => app.close());

  const list = async (query: string, path = '/v1/admin/requests') => {
    const { status, body } = await admin('GET', `${path}?${query}`);
    expect([query, status]).toEqual([query, 200]);
    return body;
  };
  const listIds = async (query: string) =>
    (await list(query)).data.map((row: Row) => row.request_id.replace('old_', ''));

  test('the newest request comes first, with everything that the ledger knows', async () => {
    const { object, data, has_more } = await list('');
    expect([object, data.length, has_more]).toEqual(['list', 20, true]);
    expect(data.slice(0, 3).map((row: Row) => row.model)).toEqual(['free', 'good', 'old']);
    expect(data[1]).toMatchObject({
      object: 'request',
      api_key_id: alice.id,
      project_id: 'default',
      endpoint: 'chat/completions',
      deployment: 'good',
      outcome: 'completed',
      error_code: null,
      finish_reason: 'stop',
      stream: true,
      replayed: false,
      estimated: false,
      answers: 1,
      attempts: 1,
      cost: { value: expect.any(Number), currency: 'EUR' },
    });
    expect(data[1].usage.output_tokens).toBeGreaterThan(0);
    expect(data[1].usage).toEqual(data[1].returned_usage);
    expect(data[0].cost).toBeNull();
    expect(data[1].created_at).toBeGreaterThan(Date.now() / 1000 - 300);
    expect(data[1].ended_at).toBeGreaterThanOrEqual(data[1].created_at);
    expect(data[2]).toMatchObject({ outcome: 'timed_out', created_at: (dayOne + 24 * hour) / 1000 - 1 });
  });

  test('pages follow each other without a gap', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const page = await list(`limit=4&end_time=${(dayOne + 25 * hour) / 1000}${after}`);
      seen.push(...page.data.map((row: Row) => row.request_id));
      expect(page.last_id).toBe(page.data.at(-1).id);
      after = page.has_more ? `&after=${page.last_id}` : '';
    } while (after !== '');
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `old_${24 - index}`));
  });

  test('filters narrow it, alone and together', async () => {
    const end = `end_time=${(dayOne + 25 * hour) / 1000}`;
    expect(await listIds(`api_key_ids=key_rare&${end}`)).toEqual(['20', '15', '10', '5', '0']);
    expect(await listIds(`api_key_ids=key_rare&order=asc&${end}`)).toEqual(['0', '5', '10', '15', '20']);
    const span = `start_time=${(dayOne + 5 * hour) / 1000}&end_time=${(dayOne + 15 * hour) / 1000}`;
    expect(await listIds(`api_key_ids[]=key_rare&${span}`)).toEqual(['10', '5']);
    expect(await listIds(`outcomes=timed_out`)).toEqual(['24']);
    expect(await listIds(`outcomes=timed_out&outcomes=completed&api_key_ids=key_rare&limit=1`)).toEqual([
      '20',
    ]);
    expect(await listIds('deployments=nowhere')).toEqual([]);
    expect(await listIds('project_ids=p&models=old&limit=2')).toEqual(['24', '23']);
    expect((await list('endpoints=embeddings')).data).toMatchObject([{ model: 'free' }]);
    expect((await list('deployments=good&endpoints=chat/completions')).data).toMatchObject([
      { model: 'good' },
    ]);
    expect((await list(`api_key_ids=${alice.id}`, '/v1/inference/admin/requests')).data).toHaveLength(2);
  });

  const askCsv = async (query: string, accept?: string) => {
    const { key } = await app.keys.create({ name: 'csv', scopes: ['admin'] });
    const headers = { authorization: `Bearer ${key}`, ...(accept === undefined ? {} : { accept }) };
    const answer = await fetch(`${app.url}/v1/admin/requests?${query}`, { headers });
    return { answer, lines: (await answer.text()).trimEnd().split('\n') };
  };

  test('a table has a header, and no cell that a spreadsheet runs', async () => {
    const { answer, lines } = await askCsv('format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="requests.csv"');
    expect(answer.headers.get('x-next-after')).toBeNull();
    expect(lines).toHaveLength(28);
    expect(lines[0]).toMatch(/^id,request_id,created_at,ended_at,api_key_id,/);
    const evil = lines.find((line) => line.includes('old_3,'));
    expect(evil).toContain(`,"'=HYPERLINK(""http://evil"")",`);
    expect(evil).toContain(`,${new Date(dayOne + 3 * hour).toISOString()},key_old,`);
  });

  test('a client that accepts CSV gets it, in pages', async () => {
    const first = await askCsv('limit=26', 'text/csv, */*;q=0.1');
    expect(first.lines).toHaveLength(27);
    const after = first.answer.headers.get('x-next-after');
    const second = await askCsv(`after=${after}`, 'text/csv');
    expect(second.lines.slice(1).map((line) => line.split(',')[1])).toEqual(['old_0']);
    const json = await askCsv('', 'application/json, text/csv');
    expect(json.answer.headers.get('content-type')).toContain('application/json');
  });

  test('it is for admins', async () => {
    const { key: metrics } = await app.keys.create({ name: 'other', scopes: ['metrics', 'inference'] });
    for (const key of [alice.key, metrics]) {
      const { status, body } = await admin('GET', '/v1/admin/requests', undefined, key);
      expect([status, body.error.code]).toEqual([403, 'insufficient_permissions']);
    }
    expect((await admin('GET', '/v1/admin/requests', undefined, 'gx-none')).status).toBe(401);
  });

  test.each([
    ['limit=0', 'limit', 'integer_below_min_value'],
    ['limit=101', 'limit', 'integer_above_max_value'],
    ['format=csv&limit=10001', 'limit', 'integer_above_max_value'],
    ['limit=1&limit=2', 'limit', 'invalid_type'],
    ['after=req_1', 'after', 'invalid_value'],
    ['after=row_1', 'after', 'invalid_value'],
    ['after=', 'after', 'invalid_value'],
    ['order=up', 'order', 'unsupported_value'],
    ['format=xlsx', 'format', 'unsupported_value'],
    ['outcomes=timed-out', 'outcomes', 'unsupported_value'],
    ['start_time=yesterday', 'start_time', 'invalid_type'],
    ['start_time=5&end_time=5', 'end_time', 'invalid_value'],
    ['models=', 'models', 'invalid_value'],
    [`models=${'a'.repeat(257)}`, 'models', 'invalid_value'],
    ['model=old', 'model', 'unsupported_parameter'],
    ['key=k', 'key', 'unsupported_parameter'],
  ])('%s is refused', async (query, param, code) => {
    const { status, body } = await admin('GET', `/v1/admin/requests?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', param, code });
  });

  test('it answers as the document says', async () => {
    const document = await readOpenApi(app);
    const operation = findOperation(document, 'get', '/v1/admin/requests');
    const body = await list('limit=100');
    expect(createResponseValidator(document, operation)(200, 'application/json', body)).toBeUndefined();
  });
}

describe('on SQLite', () => testLog(async () => ({})));

describeWithPostgres('on Postgres', (server) =>
  testLog(async () => {
    const url = await server.createDatabase();
    return { openStore: () => openDatabase(url, { connectionsMax: 4 }) };
  }),
);
