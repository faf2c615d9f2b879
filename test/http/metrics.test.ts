import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keyNameLabelsMax } from '../../src/metrics/request-metrics.ts';
import { sayTexts } from '../scripted-backend.ts';
import { startTestApp, type TestApp, type TestAppOptions } from '../start-test-app.ts';
import { startWholeApp } from '../start-whole-app.ts';
import { jsonHead, wholeBody, wholeHead } from '../upstream/answer-texts.ts';
import { startFaultyUpstream } from '../upstream/faulty-upstream.ts';
import { chatBody, postChat } from './requests.ts';

async function start(options: Partial<TestAppOptions> = {}): Promise<TestApp> {
  const app = await startTestApp({ models: { m: sayTexts('Hi', ' you') }, ...options });
  onTestFinished(() => app.close());
  return app;
}

async function createReader(app: TestApp): Promise<() => Promise<string>> {
  const { key } = await app.keys.create({ name: 'reader', scopes: ['metrics'] });
  return async () => {
    const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    return await answer.text();
  };
}

/** Until the figures of requests that have ended are in the metrics. */
async function readUntil(read: () => Promise<string>, line: string): Promise<string> {
  const deadlineMs = performance.now() + 10_000;
  for (;;) {
    const text = await read();
    if (text.includes(`${line}\n`)) return text;
    if (performance.now() > deadlineMs) expect(text).toContain(`${line}\n`);
    await sleep(10);
  }
}

function ask({ url }: { readonly url: string }, key: string, body = chatBody('m')): Promise<Response> {
  return postChat({ url, key }, body, { path: '/v1/chat/completions' });
}

describe('who may read them', () => {
  test('a key with the scope metrics, and no other', async () => {
    const app = await start();
    const metrics = (await app.keys.create({ name: 'metrics', scopes: ['metrics'] })).key;
    const other = (await app.keys.create({ name: 'other', scopes: ['inference', 'admin'] })).key;
    const read = (headers: Record<string, string>) => fetch(`${app.url}/metrics`, { headers });
    expect((await read({})).status).toBe(401);
    expect((await read({ authorization: `Bearer ${other}` })).status).toBe(403);
    const answer = await read({ authorization: `Bearer ${metrics}` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('everyone, if the setting says so', async () => {
    const app = await start({ limits: { metrics: 'open' } });
    expect((await fetch(`${app.url}/metrics`)).status).toBe(200);
  });
});

describe('what requests leave', () => {
  test('times and tokens by model and operation', async () => {
    const app = await start();
    const read = await createReader(app);
    for (let count = 0; count < 3; count += 1) await (await ask(app, app.key)).text();
    await (await postChat(app, '{"model":"m","prompt":"Once"}', { path: '/v1/completions' })).text();
    const labels = 'gen_ai_operation_name="chat",gen_ai_provider_name="gravix",gen_ai_request_model="m"';
    const text = await readUntil(read, 'gravix_request_overhead_seconds_count 4');
    expect(text).toContain(`gen_ai_server_request_duration_seconds_count{${labels}} 3\n`);
    expect(text).toContain(`gen_ai_server_time_to_first_token_seconds_count{${labels}} 3\n`);
    expect(text).toContain('gen_ai_operation_name="text_completion"');
    expect(text).toContain('gravix_http_responses_total{route="/v1/chat/completions",status="200"} 3\n');
    expect(text).toMatch(/gravix_prompt_tokens_total\{model="m"\} [1-9]/);
    expect(text).toMatch(/gravix_generation_tokens_total\{model="m"\} [1-9]/);
    expect(text).toContain('gravix_requests_running{model="m"} 0\n');
    expect(text).toContain('gravix_build_info{version="0.0.0-test"');
  });

  test('neither texts nor names that nobody configured', async () => {
    const app = await start({ models: { m: sayTexts('confidential answer') }, metricsKeyNames: true });
    const read = await createReader(app);
    const secret = 'confidential question';
    const messages = [{ role: 'user', content: secret }];
    await (
      await ask(app, app.key, JSON.stringify({ model: 'm', messages, user: secret, metadata: { secret } }))
    ).text();
    for (let count = 0; count < 20; count += 1) {
      await (await ask(app, app.key, JSON.stringify({ model: `confidential-${count}`, messages }))).text();
      await (await fetch(`${app.url}/confidential/${count}?key=confidential`)).text();
    }
    const text = await readUntil(read, 'gravix_http_responses_total{route="unknown",status="404"} 20');
    expect(text).toContain('gen_ai_request_model="_OTHER",error_type="model_not_found"} 20\n');
    expect(text).not.toContain('confidential');
  });

  test('refusals by limits, before a use case too', async () => {
    const app = await start();
    const read = await createReader(app);
    const { key } = await app.keys.create({ name: 'limited', limits: { requestsPerDay: 1 } });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      const answer = await ask(app, key);
      await answer.text();
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 429, 429, 429]);
    await readUntil(read, 'gravix_limit_refusals_total{reason="rate_limit"} 3');
  });

  test('names of keys only when switched on, and of so many keys at most', async () => {
    const off = await start();
    await (await ask(off, off.key)).text();
    const readOff = await createReader(off);
    expect(await readUntil(readOff, 'gravix_request_overhead_seconds_count 1')).not.toContain('key_name=');

    const on = await start({ metricsKeyNames: true });
    const read = await createReader(on);
    const count = keyNameLabelsMax + 5;
    for (let number = 0; number < count; number += 1) {
      const { key } = await on.keys.create({ name: `key ${number}` });
      await (await ask(on, key)).text();
    }
    const text = await readUntil(read, `gravix_request_overhead_seconds_count ${count}`);
    expect(text).toContain('gravix_key_requests_total{key_name="key 99"} 1\n');
    expect(text).toContain('gravix_key_requests_total{key_name="_OTHER"} 5\n');
    expect(text).not.toContain('key_name="key 100"');
  });
});

test('two servers in one process share no figure', async () => {
  const [one, other] = [await start(), await start()];
  await (await ask(one, one.key)).text();
  await readUntil(await createReader(one), 'gravix_request_overhead_seconds_count 1');
  expect(await (await createReader(other))()).toContain('gravix_request_overhead_seconds_count 0\n');
});

test('a whole server measures its upstreams, places, ledger, database and process', async () => {
  const upstream = await startFaultyUpstream({
    behaviours: {
      far: ({ isStreamed, response }) => {
        response.writeHead(200, wholeHead(isStreamed));
        response.end(wholeBody(isStreamed));
      },
      broken: ({ response }) => {
        response.writeHead(500, jsonHead);
        response.end('{"error":{"message":"No."}}');
      },
    },
  });
  onTestFinished(() => upstream.close());
  const server = await startWholeApp({
    settings: {
      metrics: 'open',
      queueWaitMsMax: 200,
      upstreams: { cloud: { kind: 'vllm', baseUrl: upstream.baseUrl.href } },
      models: [
        { name: 'near', deployments: [{ upstream: 'cloud', model: 'far' }] },
        { name: 'broken', deployments: [{ upstream: 'cloud', model: 'broken' }] },
      ],
    },
  });
  const key = await server.createKey('user');
  for (const stream of [false, true]) {
    const answer = await ask(server, key, chatBody('near', { stream }));
    expect(answer.status).toBe(200);
    await answer.text();
  }
  const labels =
    'gen_ai_operation_name="chat",gen_ai_provider_name="vllm",gen_ai_request_model="far",upstream="cloud"';
  const read = async () => await (await fetch(`${server.url}/metrics`)).text();
  const text = await readUntil(read, `gen_ai_client_inference_duration_seconds_count{${labels}} 2`);
  expect(text).toContain(`gen_ai_client_inference_usage_input_tokens_total{${labels}} 24\n`);
  expect(text).toContain(`gen_ai_client_inference_time_to_first_chunk_seconds_count{${labels}} 1\n`);
  expect(text).toMatch(/gravix_breaker_open\{model="near",deployment="[^"]+",place="cloud"\} 0\n/);
  expect(text).toContain('gravix_database_up 1\n');
  await readUntil(read, 'gravix_ledger_waiting_rows 0');
  expect(text).toContain('process_cpu_seconds_total');
  for (let count = 0; count < 8; count += 1) await (await ask(server, key, chatBody('broken'))).text();
  const failed = await read();
  expect(failed).toMatch(
    /gen_ai_client_inference_duration_seconds_count\{.*"broken".*error_type="upstream_error"\} [1-9]/,
  );
  expect(failed).toMatch(/gravix_breaker_open\{model="broken",deployment="[^"]+",place="cloud"\} 1\n/);
});
