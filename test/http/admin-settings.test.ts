import { expect, onTestFinished, test } from 'vitest';
import { startTestApp } from '../start-test-app.ts';
import { createAdminClient } from './admin-client.ts';
import { findOperation, readOpenApi } from './read-openapi.ts';
import { createResponseValidator } from './response-validator.ts';

const setting = {
  name: 'slots',
  group: 'Engine',
  description: 'Requests at once',
  range: 'a whole number from 1 to 64',
  flag: '--slots',
  environment: 'GRAVIX_SLOTS',
  isHidden: false,
  isSet: true,
  value: 4,
  default: 2,
  source: 'environment' as const,
  sourceName: 'GRAVIX_SLOTS',
  isReloadable: false,
};
const hidden = {
  ...setting,
  name: 'databaseUrl',
  isHidden: true,
  value: undefined,
  default: undefined,
  flag: undefined,
};

test('an operator sees the settings, and where each comes from', async () => {
  const app = await startTestApp({ models: {}, settings: [setting, hidden] });
  onTestFinished(() => app.close());
  const admin = await createAdminClient(app);
  for (const base of ['/v1', '/v1/inference']) {
    const { status, body } = await admin('GET', `${base}/admin/settings`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      {
        name: 'slots',
        value: 4,
        default: 2,
        source: 'environment',
        source_name: 'GRAVIX_SLOTS',
        hidden: false,
      },
      { name: 'databaseUrl', value: null, default: null, hidden: true, set: true, flag: null },
    ]);
    const document = await readOpenApi(app);
    const operation = findOperation(document, 'get', `${base}/admin/settings`);
    expect(createResponseValidator(document, operation)(200, 'application/json', body)).toBeUndefined();
    const forbidden = await admin('GET', `${base}/admin/settings`, undefined, app.key);
    expect([forbidden.status, forbidden.body.error.code]).toEqual([403, 'insufficient_permissions']);
    expect((await admin('GET', `${base}/admin/settings`, undefined, 'gx-none')).status).toBe(401);
  }
});
