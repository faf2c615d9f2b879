import { expect, test } from 'vitest';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp } from '../start-test-app.ts';

test('the samples of both pages name the public address, whatever address was asked', async () => {
  const publicUrl = 'https://example.com/llm';
  const app = await startTestApp({ models: { one: sayTexts('Hi') }, limits: { publicUrl } });
  const asked = new URL(app.url).host;
  const reference = await (await fetch(`${app.url}/openapi.json`)).text();
  const page = await (await fetch(`${app.url}/models`)).text();
  for (const text of [reference, page]) {
    expect(text).toContain(`${publicUrl}/v1/inference`);
    expect(text).not.toContain(asked);
  }
  expect(JSON.parse(reference)).toMatchObject({ servers: [{ url: publicUrl }] });
  await app.close();
});
