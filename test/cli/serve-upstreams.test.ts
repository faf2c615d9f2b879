// `gravix serve` as a process, in front of small servers of OpenAI's API. No model is pulled or loaded.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ScriptedOpenAiServer, startScriptedOpenAiServer } from '../scripted-openai-server.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { type CommandLineProcess, runCommand, startCommandLine } from './command-line-process.ts';

const key = 'sk-test-of-upstreams';
const environment = { GRAVIXLAYER_API_KEY: key, GPU1_KEY: 'sk-gpu1', PORT: '0' };
/** JSON of which the test reads what it expects. */
type Answered = ReturnType<typeof JSON.parse>;

const timeout = 60_000;

interface Served {
  readonly home: string;
  readonly process: CommandLineProcess;
  ask(method: string, path: string, body?: object): Promise<{ status: number; body: Answered }>;
  writeConfig(yaml: string): void;
}

async function serve(yaml: string): Promise<Served> {
  const home = createTemporaryFolder();
  const writeConfig = (text: string) => writeFileSync(join(home, 'config.yaml'), text);
  writeConfig(yaml);
  const process = startCommandLine(['serve'], { home, environment, hasNoTerminal: true });
  await process.until(/listening on http:\S+/);
  const url = /listening on (http:[^\s"]+)/.exec(process.stdout() + process.stderr())?.[1] ?? '';
  const ask: Served['ask'] = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  return { home, process, ask, writeConfig };
}

function smallest({ baseUrl }: ScriptedOpenAiServer): string {
  return `upstreams:
  gpu1: { kind: openai-compatible, baseUrl: "${baseUrl}", apiKeyEnv: GPU1_KEY }
models:
  - name: llama3.1:8b-instruct-fp16
    deployments: [{ upstream: gpu1, model: meta-llama/Llama-3.1-8B-Instruct, timeouts: { betweenChunksMs: 10000 } }]
`;
}

const chat = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
});

async function expectReady({ ask }: Served): Promise<void> {
  await expect.poll(async () => (await ask('GET', '/ready')).status, { timeout: 5000 }).toBe(200);
}

it('the smallest file serves its model at once, and loads none of its own', { timeout }, async () => {
  const upstream = await startScriptedOpenAiServer({ models: ['meta-llama/Llama-3.1-8B-Instruct'] });
  const served = await serve(smallest(upstream));
  await expectReady(served);
  const answer = await served.ask('POST', '/v1/chat/completions', chat('llama3.1:8b-instruct-fp16'));
  expect(answer).toMatchObject({
    status: 200,
    body: {
      model: 'llama3.1:8b-instruct-fp16',
      choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3 },
    },
  });
  const [ask] = upstream.asks;
  expect(ask?.body['model']).toBe('meta-llama/Llama-3.1-8B-Instruct');
  expect(ask?.headers.authorization).toBe('Bearer sk-gpu1');
  const { body: models } = await served.ask('GET', '/v1/models');
  expect(models.data).toMatchObject([{ id: 'llama3.1:8b-instruct-fp16', owned_by: 'gpu1' }]);
  expect(models.data).toHaveLength(1);
  expect(existsSync(join(served.home, 'models', 'blobs'))).toBe(false);
  await served.process.until(/"deployment":"gpu1\/meta-llama\/Llama-3\.1-8B-Instruct"/);
  const logs = served.process.stdout() + served.process.stderr();
  expect(logs).not.toContain('sk-gpu1');
  const { body: usage } = await served.ask('GET', '/v1/usage?group_by=model');
  expect(JSON.stringify(usage)).toContain('llama3.1:8b-instruct-fp16');
});

it('discovered models have their own names, and a configured name wins', { timeout }, async () => {
  const upstream = await startScriptedOpenAiServer({ models: ['m', 'n'] });
  const served =
    await serve(`upstreams: { gpu1: { kind: ollama, baseUrl: "${upstream.baseUrl}", discover: true } }
models: [{ name: n, deployments: [{ upstream: gpu1, model: m }] }]
aliases: { other: m }
`);
  await expectReady(served);
  const { body } = await served.ask('GET', '/v1/models');
  expect(body.data.map(({ id }: { id: string }) => id).sort()).toEqual(['m', 'n', 'other']);
  for (const model of ['m', 'n', 'other']) {
    expect(await served.ask('POST', '/v1/chat/completions', chat(model))).toMatchObject({ status: 200 });
  }
  expect(upstream.asks.map(({ body: sent }) => sent['model'])).toEqual(['m', 'm', 'm']);
});

it('the address of an image goes on only where its deployment allows it', { timeout }, async () => {
  const upstream = await startScriptedOpenAiServer();
  const served = await serve(`upstreams: { gpu1: { kind: vllm, baseUrl: "${upstream.baseUrl}" } }
models:
  - { name: open, deployments: [{ upstream: gpu1, model: m, imageAddresses: true }] }
  - { name: plain, deployments: [{ upstream: gpu1, model: m }] }
`);
  await expectReady(served);
  const image = { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } };
  const body = { messages: [{ role: 'user', content: [image] }] };
  const refused = await served.ask('POST', '/v1/chat/completions', chat('plain', body));
  expect(refused).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } });
  expect(upstream.asks).toHaveLength(0);
  expect(await served.ask('POST', '/v1/chat/completions', chat('open', body))).toMatchObject({ status: 200 });
  expect(upstream.asks[0]?.body['messages']).toMatchObject([{ content: [image] }]);
});

it('a reload changes models and drops no stream, and a wrong file changes nothing', { timeout }, async () => {
  let end: () => void = () => undefined;
  const untilEnd = new Promise<void>((resolve) => {
    end = resolve;
  });
  const before = await startScriptedOpenAiServer({ text: 'before', untilEnd });
  const after = await startScriptedOpenAiServer({ text: 'after' });
  const toFile = ({ baseUrl }: ScriptedOpenAiServer, more = '') =>
    `upstreams: { gpu1: { kind: vllm, baseUrl: "${baseUrl}" } }
models: [{ name: a, deployments: [{ upstream: gpu1, model: m${more} }] }]
`;
  const served = await serve(toFile(before));
  const stream = served.ask('POST', '/v1/chat/completions', chat('a', { stream: true })).catch(String);
  await expect.poll(() => before.asks.length).toBe(1);

  served.writeConfig(toFile(after, ', weight: 0'));
  const refused = await served.ask('POST', '/v1/admin/config/reload');
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_config' } } });
  expect(refused.body.error.message).toContain('models[0].deployments[0].weight must be');

  // An address that only the connections know to be link-local.
  served.writeConfig(toFile({ ...after, baseUrl: 'http://[2001:db8::5efe:a9fe:a9fe]/v1' }));
  const hidden = await served.ask('POST', '/v1/admin/config/reload');
  expect(hidden).toMatchObject({ status: 400, body: { error: { code: 'invalid_config' } } });

  served.writeConfig(`${toFile(after)}slots: 7\naliases: { b: a }\n`);
  expect(await served.ask('POST', '/v1/admin/config/reload')).toEqual({
    status: 200,
    body: { object: 'config.reload', changed: ['upstreams.gpu1', 'aliases'], needs_restart: ['slots'] },
  });
  const answer = await served.ask('POST', '/v1/chat/completions', chat('b'));
  expect(answer.body.choices[0].message.content).toBe('after');
  const { body: audit } = await served.ask('GET', '/v1/admin/audit');
  expect(audit.data[0]).toMatchObject({
    action: 'config.reloaded',
    changes: { changed: ['upstreams.gpu1', 'aliases'], needs_restart: ['slots'] },
  });
  end();
  // It is no JSON: the error quotes the beginning of the stream.
  expect(await stream).toContain('data');

  served.writeConfig(`${toFile(after)}models_: 1\n`);
  served.process.signal('SIGHUP');
  await served.process.until(/was not reloaded/);
  served.writeConfig(`${toFile(after)}aliases: { c: a }\n`);
  served.process.signal('SIGHUP');
  await served.process.until(/the configuration was reloaded/);
  expect(await served.ask('POST', '/v1/chat/completions', chat('c'))).toMatchObject({ status: 200 });
  expect(await served.ask('POST', '/v1/chat/completions', chat('b'))).toMatchObject({ status: 404 });
  served.process.signal('SIGTERM');
  expect(await served.process.ended()).toBe(0);
});

it('reports have the currency and the aliases of a reload', { timeout }, async () => {
  const upstream = await startScriptedOpenAiServer();
  const toFile = (
    price: string,
    aliases: string,
  ) => `upstreams: { gpu1: { kind: vllm, baseUrl: "${upstream.baseUrl}" } }
models: [{ name: a, deployments: [{ upstream: gpu1, model: m${price} }] }]
aliases: { ${aliases} }
`;
  const served = await serve(toFile('', 'before: a'));
  await expectReady(served);
  expect(await served.ask('POST', '/v1/chat/completions', chat('before'))).toMatchObject({ status: 200 });
  served.writeConfig(toFile(', price: { input: 1, output: 1, currency: EUR }', 'after: a'));
  expect(await served.ask('POST', '/v1/admin/config/reload')).toMatchObject({ status: 200 });
  expect(await served.ask('POST', '/v1/chat/completions', chat('after'))).toMatchObject({ status: 200 });
  // Filtered by a model, they also have what was asked for by its aliases.
  const read = async () =>
    JSON.stringify((await served.ask('GET', '/v1/usage?group_by=model&models=a')).body);
  await expect.poll(read, { timeout: 10_000 }).toContain('"model":"after"');
  expect(await read()).toContain('"currency":"EUR"');
  expect(await read()).not.toContain('"model":"before"');
  served.process.signal('SIGTERM');
  expect(await served.process.ended()).toBe(0);
});

it('replicas share the requests, and a deployment has its own price', { timeout }, async () => {
  const [first, second] = [
    await startScriptedOpenAiServer({ text: 'one' }),
    await startScriptedOpenAiServer({ text: 'two' }),
  ] as const;
  const served = await serve(`upstreams:
  fleet: { kind: vllm, addresses: ["${first.baseUrl}", "${second.baseUrl}"] }
  spare: { kind: vllm, baseUrl: "${second.baseUrl}" }
models:
  - name: a
    price: { input: 1000, output: 1000 }
    deployments:
      - { upstream: fleet, model: m, price: { input: 1, output: 2 } }
      - { upstream: spare, model: m, priority: 1 }
`);
  await expectReady(served);
  const ask = (content: string) =>
    served.ask('POST', '/v1/chat/completions', { model: 'a', messages: [{ role: 'user', content }] });
  for (let turn = 0; turn < 20; turn += 1) {
    const { status, body } = await ask(`conversation ${turn}`);
    expect(status).toBe(200);
    // 7 and 3 tokens at the price of the deployment, not of the model.
    expect(body.usage.cost).toBe(0.000013);
  }
  expect(first.asks.length).toBeGreaterThan(0);
  expect(second.asks.length).toBeGreaterThan(0);
  const refused = await served.ask('POST', '/v1/models/unload', { model: 'a' });
  expect(refused).toMatchObject({
    status: 400,
    body: { error: { code: 'unsupported_value', param: 'model' } },
  });
  await first.close();
  for (let turn = 0; turn < 20; turn += 1)
    expect(await ask(`conversation ${turn}`)).toMatchObject({ status: 200 });
});

it('doctor asks the upstreams, and models lists what is configured', { timeout }, async () => {
  const upstream = await startScriptedOpenAiServer();
  const home = createTemporaryFolder();
  writeFileSync(join(home, 'config.yaml'), smallest(upstream));
  const models = await runCommand(['models'], { home, environment });
  expect(models.stdout).toMatch(/^llama3\.1:8b-instruct-fp16 +gpu1\/meta-llama\/Llama-3\.1-8B-Instruct$/m);
  const sound = await runCommand(['doctor'], { home, environment });
  expect(sound.stdout).toMatch(/^ok +upstreams +gpu1 answered\.$/m);
  expect(sound.stdout).not.toMatch(/ (model|engine) {2}/);
  await upstream.close();
  const broken = await runCommand(['doctor'], { home, environment });
  expect(broken.stdout).toMatch(/^warn +upstreams +gpu1: /m);
  expect(broken.stdout).not.toContain('sk-gpu1');
});

it('a router hears the project of a request, under the name that is set', { timeout }, async () => {
  const upstream = await startScriptedOpenAiServer();
  const served = await serve(`upstreams:
  llmd: { kind: vllm, mode: router, baseUrl: "${upstream.baseUrl}" }
  other: { kind: vllm, mode: router, baseUrl: "${upstream.baseUrl}", projectHeader: x-tenant }
  single: { kind: vllm, baseUrl: "${upstream.baseUrl}" }
models:
  - { name: a, deployments: [{ upstream: llmd, model: m }] }
  - { name: b, deployments: [{ upstream: other, model: m }] }
  - { name: c, deployments: [{ upstream: single, model: m }] }
`);
  for (const model of ['a', 'b', 'c']) {
    expect(await served.ask('POST', '/v1/chat/completions', chat(model))).toMatchObject({ status: 200 });
  }
  const [first, second, third] = upstream.asks.map(({ headers }) => headers);
  expect(first?.['x-gateway-inference-fairness-id']).toBe('default');
  expect(second?.['x-tenant']).toBe('default');
  expect(second).not.toHaveProperty('x-gateway-inference-fairness-id');
  expect(third).not.toHaveProperty('x-gateway-inference-fairness-id');
});
