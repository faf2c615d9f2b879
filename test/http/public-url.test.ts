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

test('behind a proxy that is trusted the samples name what the client asked for, and behind another they do not', async () => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'llm.example.com' };
  for (const [trustedProxies, address] of [
    [['127.0.0.1'], 'https://llm.example.com'],
    [[], undefined],
  ] as const) {
    const app = await startTestApp({ models: { one: sayTexts('Hi') }, limits: { trustedProxies } });
    const expected = address ?? app.url;
    for (const path of ['/openapi.json', '/models']) {
      const text = await (await fetch(`${app.url}${path}`, { headers: forwarded })).text();
      expect(text).toContain(`${expected}/v1/inference`);
      if (address === undefined) expect(text).not.toContain('llm.example.com');
    }
    await app.close();
  }
});
