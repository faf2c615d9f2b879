// The embedded engine as one of the deployments of a model, next to servers that are there or not.
import { afterEach, expect, test } from 'vitest';
import { startScriptedOpenAiServer } from '../scripted-openai-server.ts';
import { createTestHome, type ServerProcess, startServerProcess, writeConfig } from '../server-process.ts';
import { post, user } from './chat-client.ts';

let server: ServerProcess | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const embedded = 'smollm2:135m-instruct-q4_1';

test('the engine answers for an upstream that is down, and an upstream for a model that the engine lacks', async () => {
  const upstream = await startScriptedOpenAiServer({ text: 'From elsewhere.' });
  const gone = await startScriptedOpenAiServer();
  await gone.close();
  const home = await createTestHome();
  await writeConfig(
    home,
    `upstreams:
  near: { kind: openai-compatible, baseUrl: "${upstream.baseUrl}" }
  gone: { kind: openai-compatible, baseUrl: "${gone.baseUrl}" }
models:
  - name: safe
    deployments: [{ upstream: gone, model: m }, { embedded: "${embedded}", priority: 1 }]
  - { name: remote, deployments: [{ upstream: near, model: m }] }
`,
  );
  server = await startServerProcess({ home });
  const running = server;
  const ask = (model: string) => post(running, { model, messages: [user('Hi')], max_tokens: 5 });
  const safe = await ask('safe');
  expect(safe.status).toBe(200);
  expect(await safe.json()).toMatchObject({ model: 'safe', usage: { completion_tokens: 5 } });
  const remote = await (await ask('remote')).json();
  expect(remote).toMatchObject({ choices: [{ message: { content: 'From elsewhere.' } }] });
  expect((await ask(embedded)).status).toBe(200);
  await expect.poll(() => server?.logs()).toContain(`"deployment":"embedded/${embedded}"`);
  expect(server.logs()).toContain('"deployment":"near/m"');
});
