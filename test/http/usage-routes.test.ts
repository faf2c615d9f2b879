// Reports of usage over HTTP: the rows are of requests that were really made.
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerRow } from '../../src/store/ledger-row.ts';
import { openDatabase } from '../../src/store/postgres/open-database.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { describeWithPostgres } from '../postgres-server.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';
import { type AdminRequest, createAdminClient } from './admin-client.ts';
import { findOperation, readOpenApi } from './read-openapi.ts';
import { postChat } from './requests.ts';
import { createResponseValidator } from './response-validator.ts';

const capabilities = { ...chatCapabilities, embeddings: true };
const price = { inputNano: 2e9, cachedInputNano: 1e9, outputNano: 8e9, currency: 'EUR' };

let app: TestApp;
let admin: AdminRequest;
let alice: { readonly id: string; readonly key: string; readonly projectId: string };
let bob: { readonly id: string; readonly key: string; readonly projectId: string };
let rows: readonly LedgerRow[];
let startSeconds: number;

async function createKey(name: string, project: string) {
  const { key, record } = await app.keys.create({ name, project });
  return { key, id: record.id, projectId: record.projectId };
}

async function ask(key: string, path: string, body: object) {
  const headers = { authorization: `Bearer ${key}` };
  const answer = await postChat(app, JSON.stringify(body), { path: `/v1/${path}`, headers });
  await answer.text();
  expect(answer.status).toBe(200);
}

function isGenerated({ endpoint }: LedgerRow): boolean {
  return ['chat/completions', 'completions', 'responses'].includes(endpoint);
}

/** What the rows say that match. */
function sum(matches: (row: LedgerRow) => boolean) {
  const add = (read: (row: LedgerRow) => number) =>
    rows.filter(matches).reduce((total, row) => total + read(row), 0);
  return {
    requests: add(() => 1),
    inputTokens: add(({ total }) => total.promptTokens),
    cachedTokens: add(({ total }) => total.cachedTokens),
    outputTokens: add(({ total }) => total.completionTokens),
    costNano: add(({ costNano = 0 }) => costNano),
  };
}

async function createSdk(base = '/v1') {
  const { key } = await app.keys.create({ name: 'reports', scopes: ['admin'] });
  const client = new OpenAI({ adminAPIKey: key, baseURL: `${app.url}${base}`, maxRetries: 0 });
  return client.admin.organization.usage;
}

interface Page<Result> {
  readonly data: readonly { readonly results: readonly Result[] }[];
}

function resultsOf<Result>({ data }: Page<Result>): readonly Result[] {
  return data.flatMap(({ results }) => results);
}

const notGrouped = { project_id: null, user_id: null, api_key_id: null, model: null };

/** The same routes over each kind of database. */
function testRoutes(openOptions: () => Promise<Pick<TestAppOptions, 'openStore'>>): void {
  beforeAll(async () => {
    app = await startTestApp({
      ...(await openOptions()),
      models: { good: sayTexts('Hi', ' you'), free: sayTexts('Hi') },
      facts: { good: { capabilities }, free: { capabilities } },
      prices: { good: price },
    });
    admin = await createAdminClient(app);
    const { id: team } = await app.keys.projects.create({ name: 'team' });
    alice = await createKey('alice', team);
    bob = await createKey('bob', 'default');
    const messages = [{ role: 'user', content: 'Hello' }];
    startSeconds = Math.floor(Date.now() / 1000) - 3 * 3600;
    await ask(alice.key, 'chat/completions', { model: 'good', messages });
    await ask(alice.key, 'chat/completions', { model: 'good', messages, stream: true });
    await ask(alice.key, 'responses', { model: 'free', input: 'Hello' });
    await ask(alice.key, 'embeddings', { model: 'good', input: ['a', 'b'] });
    await ask(alice.key, 'tokenize', { model: 'good', prompt: 'Hello' });
    await ask(bob.key, 'completions', { model: 'good', prompt: 'Hello' });
    await ask(bob.key, 'embeddings', { model: 'free', input: 'a' });
    rows = await app.ledger();
  });

  afterAll(() => app.close());

  describe.each(['/v1', '/v1/inference'])("OpenAI's admin client under %s", (base) => {
    test('reads what was generated', async () => {
      const usage = await createSdk(base);
      const page = await usage.completions({
        start_time: startSeconds,
        group_by: ['api_key_id', 'project_id', 'model'],
      });
      expect(page).toMatchObject({ object: 'page', has_more: false, next_page: null });
      const expected = [
        { of: alice, model: 'good' },
        { of: alice, model: 'free' },
        { of: bob, model: 'good' },
      ].map(({ of, model }) => {
        const { requests, inputTokens, cachedTokens, outputTokens } = sum(
          (row) => isGenerated(row) && row.keyId === of.id && row.model === model,
        );
        expect(outputTokens).toBeGreaterThan(0);
        return {
          object: 'organization.usage.completions.result',
          input_tokens: inputTokens,
          output_tokens: outputTokens,
          input_cached_tokens: cachedTokens,
          input_audio_tokens: 0,
          output_audio_tokens: 0,
          num_model_requests: requests,
          project_id: of.projectId,
          user_id: null,
          api_key_id: of.id,
          model,
          batch: null,
          service_tier: null,
        };
      });
      const results = resultsOf(page);
      expect(results).toHaveLength(expected.length);
      expect(results).toEqual(expect.arrayContaining(expected));
    });

    test('reads embeddings', async () => {
      const usage = await createSdk(base);
      const { requests, inputTokens } = sum(({ endpoint }) => endpoint === 'embeddings');
      expect(requests).toBe(2);
      expect(resultsOf(await usage.embeddings({ start_time: startSeconds }))).toEqual([
        {
          object: 'organization.usage.embeddings.result',
          input_tokens: inputTokens,
          num_model_requests: requests,
          ...notGrouped,
        },
      ]);
    });

    test('reads costs', async () => {
      const usage = await createSdk(base);
      const page = await usage.costs({ start_time: startSeconds, group_by: ['line_item', 'api_key_id'] });
      const costOf = (id: string, model: string) =>
        sum((row) => row.keyId === id && row.model === model).costNano / 1e9;
      expect(costOf(alice.id, 'good')).toBeGreaterThan(0);
      const results = resultsOf(page);
      for (const { id } of [alice, bob]) {
        for (const model of ['good', 'free']) {
          expect(results).toContainEqual({
            object: 'organization.costs.result',
            amount: { value: costOf(id, model), currency: 'eur' },
            line_item: model,
            project_id: null,
            api_key_id: id,
          });
        }
      }
    });
  });

  test('filters hold, and nothing is of users or batches', async () => {
    const usage = await createSdk();
    const ofRows = (matches: (row: LedgerRow) => boolean) => sum((row) => isGenerated(row) && matches(row));
    const count = async (query: Partial<OpenAI.Admin.Organization.UsageCompletionsParams>) => {
      const results = resultsOf(await usage.completions({ start_time: startSeconds, ...query }));
      return results.map((one) => ('num_model_requests' in one ? one.num_model_requests : undefined));
    };
    const all = ofRows(() => true).requests;
    expect(await count({})).toEqual([all]);
    expect(await count({ api_key_ids: [bob.id] })).toEqual([
      ofRows(({ keyId }) => keyId === bob.id).requests,
    ]);
    expect(await count({ api_key_ids: [bob.id, alice.id] })).toEqual([all]);
    expect(await count({ project_ids: [alice.projectId] })).toEqual([3]);
    expect(await count({ models: ['free'] })).toEqual([1]);
    expect(await count({ models: ['nothing'] })).toEqual([]);
    expect(await count({ batch: false })).toEqual([all]);
    expect(await count({ batch: true })).toEqual([]);
    expect(await count({ user_ids: ['someone'] })).toEqual([]);
    const grouped = await usage.completions({
      start_time: startSeconds,
      group_by: ['batch', 'service_tier'],
    });
    expect(resultsOf(grouped)).toMatchObject([{ batch: false, service_tier: 'default' }]);
  });

  test.each(['1m', '1h'] as const)('buckets of %s follow each other over all pages', async (width) => {
    const usage = await createSdk();
    const seconds = { '1m': 60, '1h': 3600 }[width];
    const start = Math.floor(Date.now() / 1000 / seconds) * seconds - 4 * seconds;
    const query = { start_time: start, end_time: start + 7 * seconds, bucket_width: width, limit: 3 };
    const buckets: { start_time: number; end_time: number }[] = [];
    let requests = 0;
    for (let next: string | null | undefined; next !== null; ) {
      const page = await usage.completions(next === undefined ? query : { ...query, page: next });
      expect(page.has_more).toBe(page.next_page !== null);
      buckets.push(...page.data);
      for (const result of resultsOf(page))
        requests += 'num_model_requests' in result ? result.num_model_requests : 0;
      next = page.next_page;
    }
    expect(buckets.map(({ start_time, end_time }) => [start_time, end_time])).toEqual(
      Array.from({ length: 7 }, (_, index) => [start + index * seconds, start + (index + 1) * seconds]),
    );
    expect(requests).toBe(sum(isGenerated).requests);
  });

  test('the first and the last bucket are cut at the ends of the span, as OpenAI cuts them', async () => {
    const usage = await createSdk();
    const hour = Math.floor(Date.now() / 3_600_000) * 3600;
    const query = { start_time: hour - 5400, end_time: hour + 1800, bucket_width: '1h' } as const;
    const { data } = await usage.completions(query);
    expect(data.map(({ start_time, end_time }) => [start_time - hour, end_time - hour])).toEqual([
      [-5400, -3600],
      [-3600, 0],
      [0, 1800],
    ]);
  });

  interface OwnUsage {
    readonly endpoint: string;
    readonly requests: number;
    readonly refused_by_limit: number;
    readonly latency: readonly { readonly requests: number }[];
  }

  test('our own report has every endpoint, refusals and latencies', async () => {
    const { key, record } = await app.keys.create({ name: 'limited', limits: { requestsPerMinute: 1 } });
    const body = JSON.stringify({ model: 'free', prompt: 'Hello' });
    const headers = { authorization: `Bearer ${key}` };
    for (const status of [200, 429, 429]) {
      const answer = await postChat(app, body, { path: '/v1/completions', headers });
      await answer.text();
      expect(answer.status).toBe(status);
    }
    const path = `/v1/admin/usage?group_by=endpoint&group_by[]=api_key_id&api_key_ids[0]=${record.id}`;
    await expect
      .poll(async () => resultsOf<OwnUsage>((await admin('GET', path)).body), { timeout: 5000 })
      .toMatchObject([{ requests: 1, refused_by_limit: 2, api_key_id: record.id, endpoint: 'completions' }]);
    const { status, body: all } = await admin('GET', '/v1/admin/usage?group_by=endpoint');
    expect(status).toBe(200);
    const results = resultsOf<OwnUsage>(all);
    expect(results.map(({ endpoint }) => endpoint)).toEqual(
      expect.arrayContaining(['chat/completions', 'completions', 'responses', 'embeddings', 'tokenize']),
    );
    for (const { requests, latency } of results) {
      expect(latency.reduce((total, bucket) => total + bucket.requests, 0)).toBe(requests);
    }
  });

  test('a key sees its own usage, and no other', async () => {
    const { status, body } = await admin('GET', '/v1/usage?group_by=endpoint,model', undefined, bob.key);
    expect(status).toBe(200);
    const results = resultsOf<OwnUsage>(body);
    expect(results).toHaveLength(2);
    expect(results).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ object: 'usage', endpoint: 'completions', model: 'good', requests: 1 }),
        expect.objectContaining({ object: 'usage', endpoint: 'embeddings', model: 'free', requests: 1 }),
      ]),
    );
    for (const path of [
      `api_key_ids=${alice.id}`,
      `project_ids[]=${alice.projectId}`,
      'group_by=api_key_id',
    ]) {
      const answer = await admin('GET', `/v1/usage?${path}`, undefined, bob.key);
      expect([path, answer.status]).toEqual([path, 400]);
    }
    const { key: silent } = await app.keys.create({ name: 'silent', scopes: ['metrics'] });
    const nothing = await admin('GET', '/v1/usage', undefined, silent);
    expect([nothing.status, resultsOf(nothing.body)]).toEqual([200, []]);
  });

  test.each([
    '/admin/usage',
    '/organization/usage/completions?start_time=0',
    '/organization/usage/embeddings?start_time=0',
    '/organization/costs?start_time=0',
  ])('%s is for admins', async (path) => {
    const { key: metrics } = await app.keys.create({ name: 'other', scopes: ['metrics', 'inference'] });
    for (const base of ['/v1', '/v1/inference']) {
      expect((await admin('GET', `${base}${path}`)).status).toBe(200);
      for (const key of [alice.key, metrics]) {
        const { status, body } = await admin('GET', `${base}${path}`, undefined, key);
        expect([status, body.error.code]).toEqual([403, 'insufficient_permissions']);
      }
      expect((await admin('GET', `${base}${path}`, undefined, 'gx-none')).status).toBe(401);
    }
  });

  const completions = '/organization/usage/completions';

  test.each([
    [completions, '', 'start_time', 'missing_required_parameter'],
    [completions, 'start_time=yesterday', 'start_time', 'invalid_type'],
    [completions, 'start_time=1.5', 'start_time', 'invalid_type'],
    [completions, 'start_time=', 'start_time', 'invalid_type'],
    [completions, 'start_time=1&start_time=2', 'start_time', 'invalid_type'],
    [completions, 'start_time=-1', 'start_time', 'integer_below_min_value'],
    [completions, 'start_time=999999999999', 'start_time', 'integer_above_max_value'],
    [completions, 'start_time=5&end_time=5', 'end_time', 'invalid_value'],
    [completions, 'start_time=5&end_time=4', 'end_time', 'invalid_value'],
    [completions, 'start_time=0&bucket_width=1w', 'bucket_width', 'unsupported_value'],
    [completions, 'start_time=0&bucket_width=1m', 'start_time', 'invalid_value'],
    [completions, 'start_time=0&limit=0', 'limit', 'integer_below_min_value'],
    [completions, 'start_time=0&limit=32', 'limit', 'integer_above_max_value'],
    [completions, 'start_time=0&bucket_width=1h&limit=169', 'limit', 'integer_above_max_value'],
    [completions, 'start_time=0&bucket_width=1m&limit=1441', 'limit', 'integer_above_max_value'],
    [completions, 'start_time=0&page=next', 'page', 'invalid_value'],
    [completions, 'start_time=0&page=page_-1', 'page', 'invalid_value'],
    [completions, 'start_time=0&group_by=endpoint', 'group_by', 'unsupported_value'],
    [completions, 'start_time=0&group_by[]=model&group_by[]=', 'group_by', 'unsupported_value'],
    [completions, 'start_time=0&models=', 'models', 'invalid_value'],
    [completions, 'start_time=0&batch=perhaps', 'batch', 'unsupported_value'],
    [completions, `start_time=0&${'models=a&'.repeat(101)}`, 'models', 'array_above_max_length'],
    [completions, `start_time=0&models=${'a'.repeat(257)}`, 'models', 'invalid_value'],
    [completions, 'start_time=0&model=good', 'model', 'unsupported_parameter'],
    [completions, 'start_time=0&limit[]=1', 'limit[]', 'unsupported_parameter'],
    ['/organization/usage/embeddings', 'start_time=0&batch=true', 'batch', 'unsupported_parameter'],
    ['/organization/usage/embeddings', 'start_time=0&group_by=batch', 'group_by', 'unsupported_value'],
    ['/organization/costs', 'start_time=0&bucket_width=1h', 'bucket_width', 'unsupported_value'],
    ['/organization/costs', 'start_time=0&limit=181', 'limit', 'integer_above_max_value'],
    ['/organization/costs', 'start_time=0&models=good', 'models', 'unsupported_parameter'],
    ['/organization/costs', 'start_time=0&group_by=model', 'group_by', 'unsupported_value'],
    ['/admin/usage', 'group_by=user_id', 'group_by', 'unsupported_value'],
    ['/admin/usage', 'user_ids=a', 'user_ids', 'unsupported_parameter'],
    ['/admin/usage', 'outcomes=late', 'outcomes', 'unsupported_value'],
    ['/usage', 'deployments=good', 'deployments', 'unsupported_parameter'],
    ['/usage', 'group_by=deployment', 'group_by', 'unsupported_value'],
    ['/admin/usage', 'from=7d', 'from', 'unsupported_parameter'],
    ['/usage', 'limit=many', 'limit', 'invalid_type'],
  ])('%s?%s is refused', async (path, query, param, code) => {
    const { status, body } = await admin('GET', `/v1${path}?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', param, code });
  });

  test.each([
    ['/admin/usage', '?bucket_width=1h&group_by=model'],
    ['/admin/usage', '?group_by=deployment,outcome'],
    ['/usage', '?group_by=outcome'],
    [completions, '?start_time=0&group_by=model,batch'],
    ['/organization/usage/embeddings', '?start_time=0'],
    ['/organization/costs', '?start_time=0&limit=180'],
    ['/key', ''],
  ])('%s answers as the document says', async (path, query) => {
    const document = await readOpenApi(app);
    const operation = findOperation(document, 'get', `/v1${path}`);
    const { status, body } = await admin('GET', `/v1${path}${query}`);
    expect(status).toBe(200);
    expect(createResponseValidator(document, operation)(status, 'application/json', body)).toBeUndefined();
  });
}

describe('on SQLite', () => testRoutes(async () => ({})));

describeWithPostgres('on Postgres', (server) =>
  testRoutes(async () => {
    const url = await server.createDatabase();
    return { openStore: () => openDatabase(url, { connectionsMax: 4 }) };
  }),
);
