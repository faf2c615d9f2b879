import { onTestFinished } from 'vitest';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { type ErrorCase, refused } from './expect-error-answer.ts';

export interface AdminCaseContext {
  readonly app: () => TestApp;
  /** Of the last admin key. */
  readonly adminKey: () => string;
  readonly send: (method: string, path: string, body: object, key: string) => Promise<Response>;
}

/** Failures of what operators ask. */
export function listAdminCases({ app, adminKey, send }: AdminCaseContext): Record<string, ErrorCase> {
  return {
    'a model that the key may not use': {
      ...refused,
      status: 403,
      type: 'permission_error',
      code: 'insufficient_permissions',
      send: async () => {
        const { key } = await app().keys.create({ name: 'narrow', models: ['other'] });
        return send('POST', '/v1/completions', { model: 'good', prompt: 'a' }, key);
      },
    },
    'an unknown key': {
      ...refused,
      status: 404,
      code: 'key_not_found',
      param: 'key_id',
      send: () => send('PATCH', '/v1/admin/keys/key_none', {}, adminKey()),
    },
    'an unknown project': {
      ...refused,
      status: 404,
      code: 'project_not_found',
      param: 'project_id',
      send: () => send('PATCH', '/v1/admin/projects/proj_none', {}, adminKey()),
    },
    'a field that a key can not have': {
      ...refused,
      code: 'invalid_value',
      param: 'expires_at',
      send: () => send('POST', '/v1/admin/keys', { name: 'a', expires_at: 1 }, adminKey()),
    },
    'a name that is taken': {
      ...refused,
      status: 409,
      code: 'name_taken',
      param: 'name',
      send: () => send('POST', '/v1/admin/projects', { name: 'default' }, adminKey()),
    },
    'a configuration that is wrong': {
      ...refused,
      code: 'invalid_config',
      send: () => send('POST', '/v1/admin/config/reload', {}, adminKey()),
    },
    'a project in use': {
      ...refused,
      status: 409,
      code: 'project_in_use',
      send: () =>
        fetch(`${app().url}/v1/admin/projects/default`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${adminKey()}` },
        }),
    },
    'a key more than there may be': {
      ...refused,
      status: 409,
      code: 'too_many_keys',
      send: async () => {
        const { full, key } = await startFullApp();
        return await postFull(full, key, '/v1/admin/keys');
      },
    },
    'a project more than there may be': {
      ...refused,
      status: 409,
      code: 'too_many_projects',
      send: async () => {
        const { full, key } = await startFullApp();
        return await postFull(full, key, '/v1/admin/projects');
      },
    },
    'a key that was revoked': {
      ...refused,
      status: 409,
      code: 'key_revoked',
      param: 'key_id',
      send: async () => {
        const { record } = await app().keys.create({ name: 'revoked' });
        await app().keys.revoke(record.id);
        return send('PATCH', `/v1/admin/keys/${record.id}`, { name: 'b' }, adminKey());
      },
    },
    'the last admin key': {
      ...refused,
      status: 409,
      code: 'last_admin_key',
      send: async () => {
        const { id } = await app().keys.find('admin');
        return send('PATCH', `/v1/admin/keys/${id}`, { disabled: true }, adminKey());
      },
    },
  };
}

/** With as many keys and projects as there may be. */
async function startFullApp() {
  const full = await startTestApp({ models: {}, keyCounts: { keysMax: 2, projectsMax: 1 } });
  onTestFinished(() => full.close());
  return { full, key: (await full.keys.create({ name: 'admin', scopes: ['admin'] })).key };
}

function postFull({ url }: TestApp, key: string, path: string): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'more' }),
  });
}
