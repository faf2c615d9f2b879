import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
});

afterAll(() => app.close());

async function createSdk(base = '/v1', scopes: readonly ['admin'] | readonly ['inference'] = ['admin']) {
  const { key } = await app.keys.create({ name: 'organization', scopes });
  const client = new OpenAI({ adminAPIKey: key, baseURL: `${app.url}${base}`, maxRetries: 0 });
  return client.admin.organization.projects;
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test.each(['/v1', '/v1/inference'])(
  "OpenAI's admin client reads projects and keys under %s",
  async (base) => {
    const projects = await createSdk(base);
    const made = await app.keys.projects.create({ name: `sdk of ${base}` });
    const listed = await collect(projects.list({ limit: 1, include_archived: true }));
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(['default', made.id]));
    const project = await projects.retrieve(made.id);
    expect(project).toEqual({
      id: made.id,
      object: 'organization.project',
      name: made.name,
      created_at: Math.floor(made.createdAtMs / 1000),
      archived_at: null,
      status: 'active',
    });
    expect(listed).toContainEqual(project);
    const names = ['a', 'b', 'c'];
    for (const name of names) await app.keys.create({ name, project: made.id });
    const keys = await collect(projects.apiKeys.list(made.id, { limit: 2 }));
    expect(keys.map(({ name }) => name).sort()).toEqual(names);
    const [one] = keys;
    if (one === undefined) throw new Error('There is no key.');
    expect(one).toMatchObject({
      object: 'organization.project.api_key',
      redacted_value: expect.stringMatching(/^gx-.*…$/),
      owner_project_access: 'active',
      last_used_at: null,
      owner: { type: 'service_account', service_account: { id: one.id, role: 'member' } },
    });
    expect(await projects.apiKeys.retrieve(one.id, { project_id: made.id })).toEqual(one);
    expect(await projects.apiKeys.delete(one.id, { project_id: made.id })).toEqual({
      id: one.id,
      object: 'organization.project.api_key.deleted',
      deleted: true,
    });
    expect(await collect(projects.apiKeys.list(made.id))).toHaveLength(2);
  },
);

test('what is not there, of another project, or not allowed has its status', async () => {
  const projects = await createSdk();
  const { record } = await app.keys.create({ name: 'elsewhere' });
  const made = await app.keys.projects.create({ name: 'empty' });
  await expect(projects.retrieve('nowhere')).rejects.toMatchObject({
    status: 404,
    code: 'project_not_found',
  });
  await expect(collect(projects.apiKeys.list('nowhere'))).rejects.toMatchObject({ status: 404 });
  for (const id of [record.id, 'nothing']) {
    const refused = projects.apiKeys.delete(id, { project_id: made.id });
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'key_not_found' });
  }
  await expect(collect(projects.list({ after: 'nowhere' }))).rejects.toMatchObject({
    status: 400,
    param: 'after',
  });
  const inactive = collect(projects.apiKeys.list('default', { owner_project_access: 'inactive' }));
  await expect(inactive).rejects.toMatchObject({ status: 400, param: 'owner_project_access' });
  const weak = await createSdk('/v1', ['inference']);
  await expect(collect(weak.list())).rejects.toMatchObject({ status: 403, code: 'insufficient_permissions' });
});
