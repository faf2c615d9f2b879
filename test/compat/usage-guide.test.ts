import { afterAll, beforeAll } from 'vitest';
import { chatStatus } from '../http/admin-client.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let app: TestApp;
let key: string;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
  key = (await app.keys.create({ name: 'admin', scopes: ['admin'] })).key;
  await chatStatus(app, app.key);
  await app.ledger();
});

afterAll(() => app.close());

runGuideSamples({
  guide: 'docs/guides/usage.md',
  server: () => ({ url: app.url, key }),
  expected: {
    js: [/^good 1\n$/],
    sh: [
      /"object":"bucket".*"api_key_id":"key_.*"model":"good".*"requests":1,/,
      /"data":\[\].*"has_more":false/,
    ],
  },
});
