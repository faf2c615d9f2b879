import { afterAll, beforeAll } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { runGuideSamples } from './run-guide-samples.ts';

let app: TestApp;
let key: string;

beforeAll(async () => {
  app = await startTestApp({ models: { good: sayTexts('Hi') } });
  key = (await app.keys.create({ name: 'admin', scopes: ['admin'] })).key;
});

afterAll(() => app.close());

runGuideSamples({
  guide: 'docs/guides/keys-and-limits.md',
  server: () => ({ url: app.url, key }),
  expected: {
    js: [/^201 key_ gx- active default\n$/, /^default\n$/],
    sh: [
      /"name":"rotated".*"requests_per_day":100.*"key":"gx-/,
      /"object":"key\.use".*"name":"admin".*"limits":\{/,
      /"action":"key\.created"/,
    ],
  },
});
