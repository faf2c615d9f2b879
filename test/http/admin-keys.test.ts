import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type AdminRequest, chatStatus, createAdminClient } from './admin-client.ts';

let app: TestApp;
let ask: AdminRequest;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
  ask = await createAdminClient(app);
});

afterAll(() => app.close());

const bare = {
  object: 'key',
  project: 'default',
  scopes: ['inference'],
  models: null,
  status: 'active',
  expires_at: null,
  disabled_at: null,
  last_used_at: null,
  previous_key_until: null,
  limits: {
    requests_per_minute: null,
    requests_per_day: null,
    tokens_per_minute: null,
    tokens_per_day: null,
    concurrent_requests: null,
  },
  budget: null,
  metadata: {},
};

describe.each(['/v1', '/v1/inference'])('keys under %s', (base) => {
  test('a key is made with defaults, works, and is shown this once', async () => {
    const created = await ask('POST', `${base}/admin/keys`, { name: 'plain' });
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    const { key, ...shown } = created.body;
    expect(shown).toEqual({
      ...bare,
      id: expect.stringMatching(/^key_[0-9a-f]{16}$/),
      name: 'plain',
      redacted_value: expect.stringMatching(/^gx-.{21}…$/),
      created_at: expect.closeTo(Date.now() / 1000, -2),
    });
    expect(await chatStatus(app, key)).toBe(200);
    const found = await ask('GET', `${base}/admin/keys/${shown.id}`);
    expect(found).toMatchObject({ status: 200, body: { ...shown, last_used_at: expect.any(Number) } });
    expect(JSON.stringify(found.body)).not.toContain(key);
  });

  test('a key is made with everything that it can have', async () => {
    const until = Math.floor(Date.now() / 1000) + 3600;
    const wanted = {
      name: 'everything 😀',
      scopes: ['inference', 'metrics'],
      models: ['good', 'other:*'],
      project: 'default',
      expires_at: until,
      metadata: { owner: 'me' },
      limits: {
        requests_per_minute: 1,
        requests_per_day: 2,
        tokens_per_minute: 3,
        tokens_per_day: 10 ** 12,
        concurrent_requests: 5,
      },
      budget: {
        amount: 12.345678901,
        currency: 'EUR',
        tokens: 7,
        period: 'week',
        time_zone: 'Europe/Berlin',
      },
    };
    const { status, body } = await ask('POST', `${base}/admin/keys`, {
      ...wanted,
      budget: { ...wanted.budget, override: { amount: 20, until } },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...wanted,
      budget: { ...wanted.budget, override: { amount: 20, tokens: null, until } },
    });
  });
});

test('changes leave what they do not name, and null takes away', async () => {
  const { body: made } = await ask('POST', '/v1/admin/keys', {
    name: 'before',
    models: ['good'],
    metadata: { a: 'b' },
    limits: { requests_per_minute: 1, tokens_per_day: 2 },
    budget: { amount: 1, period: 'day' },
  });
  const patch = (body: unknown) => ask('PATCH', `/v1/admin/keys/${made.id}`, body);
  const { body: renamed } = await patch({
    name: 'after',
    limits: { requests_per_minute: null, concurrent_requests: 3 },
  });
  const { key: _key, ...shown } = made;
  const limits = { ...shown.limits, requests_per_minute: null, concurrent_requests: 3 };
  expect(renamed).toEqual({ ...shown, name: 'after', limits });
  const until = Math.floor(Date.now() / 1000) + 60;
  expect((await patch({ budget: { override: { amount: 5, until } } })).body.budget).toEqual({
    amount: 1,
    currency: 'USD',
    tokens: null,
    period: 'day',
    time_zone: 'UTC',
    override: { amount: 5, tokens: null, until },
  });
  expect((await patch({ budget: { override: null, tokens: 9 } })).body.budget).toMatchObject({
    amount: 1,
    tokens: 9,
    override: null,
  });
  expect((await patch({ models: null, limits: null, budget: null, metadata: null })).body).toMatchObject({
    name: 'after',
    models: null,
    limits: bare.limits,
    budget: null,
    metadata: {},
  });
  expect((await patch({ budget: { tokens: 1 } })).body.error).toMatchObject({ param: 'budget' });
  expect(await patch({})).toMatchObject({ status: 200, body: { name: 'after' } });
});

test('a disabled key is refused until it is enabled, a deleted one for good', async () => {
  const { body } = await ask('POST', '/v1/admin/keys', { name: 'switched' });
  const path = `/v1/admin/keys/${body.id}`;
  expect(await chatStatus(app, body.key)).toBe(200);
  const disabled = await ask('PATCH', path, { disabled: true });
  expect(disabled.body).toMatchObject({ status: 'disabled', disabled_at: expect.any(Number) });
  expect(await chatStatus(app, body.key)).toBe(401);
  expect((await ask('PATCH', path, { disabled: false })).body.status).toBe('active');
  expect(await chatStatus(app, body.key)).toBe(200);
  expect(await ask('DELETE', path)).toMatchObject({
    status: 200,
    body: { id: body.id, object: 'key.deleted', deleted: true },
  });
  expect(await chatStatus(app, body.key)).toBe(401);
  const error = { code: 'key_not_found', param: 'key_id' };
  for (const method of ['GET', 'DELETE'])
    expect(await ask(method, path)).toMatchObject({ status: 404, body: { error } });
  expect(await ask('PATCH', path, {})).toMatchObject({ status: 404, body: { error } });
  expect(await ask('POST', `${path}/rotate`)).toMatchObject({ status: 404, body: { error } });
});

test('both keys of a rotation work while they overlap', async () => {
  const { body: made } = await ask('POST', '/v1/admin/keys', { name: 'rotated' });
  const path = `/v1/admin/keys/${made.id}/rotate`;
  const { status, body: second } = await ask('POST', path, { overlap_seconds: 60 });
  expect(status).toBe(200);
  expect(second).toMatchObject({
    id: made.id,
    previous_key_until: expect.closeTo(Date.now() / 1000 + 60, -1),
  });
  expect(second.key).not.toBe(made.key);
  expect([await chatStatus(app, made.key), await chatStatus(app, second.key)]).toEqual([200, 200]);
  const { body: third } = await ask('POST', path, {});
  expect(third.previous_key_until).toBeCloseTo(Date.now() / 1000 + 3600, -1);
  expect([
    await chatStatus(app, made.key),
    await chatStatus(app, second.key),
    await chatStatus(app, third.key),
  ]).toEqual([401, 200, 200]);
  const { body: fourth } = await ask('POST', path, { overlap_seconds: 0 });
  expect(fourth.previous_key_until).toBeNull();
  expect([await chatStatus(app, third.key), await chatStatus(app, fourth.key)]).toEqual([401, 200]);
  for (const overlap of [-1, 1.5, 1e9, '60']) {
    const refused = await ask('POST', path, { overlap_seconds: overlap });
    expect(refused).toMatchObject({ status: 400, body: { error: { param: 'overlap_seconds' } } });
  }
});

test('lists are paged by cursor, of one project if that is asked for', async () => {
  const { body: project } = await ask('POST', '/v1/admin/projects', { name: 'paged' });
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    ids.push((await ask('POST', '/v1/admin/keys', { name, project: 'paged' })).body.id);
  }
  const first = await ask('GET', `/v1/admin/keys?project=${project.id}&limit=2`);
  const seen = first.body.data.map(({ id }: { id: string }) => id);
  expect(first.body).toMatchObject({ object: 'list', has_more: true, last_id: seen[1] });
  const rest = await ask('GET', `/v1/admin/keys?project=paged&after=${seen[1]}`);
  expect(rest.body.has_more).toBe(false);
  expect([...seen, ...rest.body.data.map(({ id }: { id: string }) => id)].sort()).toEqual(ids.sort());
  for (const [query, param, status] of [
    ['after=nobody', 'after', 400],
    ['after=', 'after', 400],
    ['after=a&after=b', 'after', 400],
    ['limit=0', 'limit', 400],
    ['limit=101', 'limit', 400],
    ['limit=x', 'limit', 400],
    ['order=up', 'order', 400],
    ['page=2', 'page', 400],
    ['project=', 'project', 400],
    ['project=nowhere', 'project_id', 404],
  ] as const) {
    const answer = await ask('GET', `/v1/admin/keys?${query}`);
    expect(answer, query).toMatchObject({ status, body: { error: { param } } });
  }
});

test('a key of another scope may not manage', async () => {
  const { body } = await ask('POST', '/v1/admin/keys', { name: 'weak', scopes: ['inference', 'metrics'] });
  for (const [method, path, content] of [
    ['GET', '/v1/admin/keys'],
    ['POST', '/v1/admin/keys', { name: 'a' }],
    ['GET', `/v1/admin/keys/${body.id}`],
    ['PATCH', `/v1/admin/keys/${body.id}`, { scopes: ['admin'] }],
    ['DELETE', `/v1/admin/keys/${body.id}`],
    ['POST', `/v1/admin/keys/${body.id}/rotate`],
    ['GET', '/v1/admin/audit'],
    ['GET', '/v1/admin/projects'],
    ['POST', '/v1/admin/projects', { name: 'a' }],
    ['DELETE', '/v1/admin/projects/default'],
    ['GET', '/v1/organization/projects'],
    ['DELETE', `/v1/organization/projects/default/api_keys/${body.id}`],
  ] as const) {
    expect(await ask(method, path, content, body.key), `${method} ${path}`).toMatchObject({
      status: 403,
      body: { error: { type: 'permission_error', code: 'insufficient_permissions' } },
    });
    expect((await ask(method, path, content, 'gx-wrong')).status).toBe(401);
  }
});

test('a key without the scope inference asks no model', async () => {
  const { body } = await ask('POST', '/v1/admin/keys', { name: 'meter', scopes: ['metrics'] });
  expect(await chatStatus(app, body.key)).toBe(403);
  expect((await ask('GET', '/v1/models', undefined, body.key)).status).toBe(403);
  const { body: admin } = await ask('POST', '/v1/admin/keys', { name: 'only', scopes: ['admin'] });
  expect(await chatStatus(app, admin.key)).toBe(403);
  expect((await ask('GET', '/v1/models', undefined, admin.key)).status).toBe(200);
});

test('projects are made, changed and deleted, each name once', async () => {
  const limits = { ...bare.limits, concurrent_requests: 4 };
  const { status, body } = await ask('POST', '/v1/admin/projects', {
    name: 'team',
    limits: { concurrent_requests: 4 },
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.stringMatching(/^proj_/),
    object: 'project',
    name: 'team',
    created_at: expect.any(Number),
    limits,
    budget: null,
    metadata: {},
  });
  const path = `/v1/admin/projects/${body.id}`;
  expect(await ask('POST', '/v1/admin/projects', { name: 'team' })).toMatchObject({
    status: 409,
    body: { error: { code: 'name_taken', param: 'name' } },
  });
  expect((await ask('PATCH', path, { name: 'default' })).status).toBe(409);
  expect(
    (await ask('PATCH', path, { name: 'crew', budget: { tokens: 1, period: 'total' } })).body,
  ).toMatchObject({
    name: 'crew',
    limits,
    budget: { tokens: 1 },
  });
  const { body: key } = await ask('POST', '/v1/admin/keys', { name: 'member', project: 'crew' });
  expect(key.project).toBe(body.id);
  expect(await ask('DELETE', path)).toMatchObject({
    status: 409,
    body: { error: { code: 'project_in_use' } },
  });
  await ask('PATCH', `/v1/admin/keys/${key.id}`, { project: 'default' });
  expect(await ask('DELETE', path)).toMatchObject({ status: 200, body: { deleted: true } });
  expect((await ask('GET', path)).body.error.code).toBe('project_not_found');
  expect((await ask('DELETE', '/v1/admin/projects/default')).body.error.code).toBe('project_in_use');
  expect((await ask('GET', '/v1/admin/projects')).body.data).toMatchObject([
    { id: 'default', name: 'default' },
    { name: 'paged' },
  ]);
  expect((await ask('POST', '/v1/admin/projects', { name: 'a', scopes: ['admin'] })).body.error.param).toBe(
    'scopes',
  );
});

test('every change has an entry in the log, and none has a secret', async () => {
  const { body: made } = await ask('POST', '/v1/admin/keys', {
    name: 'audited',
    metadata: { token: 's3cret' },
  });
  const path = `/v1/admin/keys/${made.id}`;
  await ask('PATCH', path, { name: 'renamed', limits: { requests_per_day: 5 }, expires_at: 9e9 });
  await ask('PATCH', path, { disabled: true });
  await ask('PATCH', path, { disabled: false });
  const { body: rotated } = await ask('POST', `${path}/rotate`, {});
  await ask('DELETE', path);
  await ask('PATCH', path, { name: 'not there' });
  const { body } = await ask('GET', `/v1/admin/audit?target_id=${made.id}&order=asc`);
  expect(body.data.map(({ action }: { action: string }) => action)).toEqual([
    'key.created',
    'key.updated',
    'key.disabled',
    'key.enabled',
    'key.rotated',
    'key.deleted',
  ]);
  expect(body.data[1]).toEqual({
    id: expect.stringMatching(/^audit_/),
    object: 'audit_entry',
    created_at: expect.closeTo(Date.now() / 1000, -2),
    action: 'key.updated',
    actor: { type: 'key', id: expect.stringMatching(/^key_/), name: 'admin' },
    target: { id: made.id, name: 'renamed' },
    changes: { name: 'renamed', expires_at: 9e9, limits: { ...bare.limits, requests_per_day: 5 } },
  });
  expect(body.data[0].changes).toMatchObject({ metadata_keys: ['token'] });
  const kept = JSON.stringify(await app.keys.listAudit({ order: 'asc', limit: 1000 })) + app.logText();
  for (const { key } of [made, rotated]) expect(kept).not.toContain(key.slice(24));
  expect(kept).not.toContain('s3cret');
  expect(kept).not.toMatch(/[0-9a-f]{64}/);
  const newest = await ask('GET', '/v1/admin/audit?limit=1');
  expect(newest.body).toMatchObject({ has_more: true, data: [{ action: 'key.deleted' }] });
  expect((await ask('GET', '/v1/admin/audit?after=nothing')).status).toBe(400);
});
