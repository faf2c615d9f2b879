// What servers of each kind say of themselves, in the words of real ones.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { createUpstream, type Upstream } from '../../src/upstream/create-upstream.ts';
import type { UpstreamEndpoint } from '../../src/upstream/upstream-options.ts';
import { createRequest, untouched } from '../create-request.ts';
import { jsonHead } from './answer-texts.ts';
import { type FaultyUpstream, type FaultyUpstreamOptions, startFaultyUpstream } from './faulty-upstream.ts';
import { toDeploymentOptions } from './upstream-setup.ts';

const origin = { requestId: 'req_1' };

interface Probed {
  readonly server: FaultyUpstream;
  readonly upstream: Upstream;
  readonly backend: Backend;
  readonly states: readonly string[];
}

async function probe(
  options: Partial<FaultyUpstreamOptions>,
  endpoint: Partial<UpstreamEndpoint>,
  makesEmbeddings = false,
): Promise<Probed> {
  const server = await startFaultyUpstream({ behaviours: {}, ...options });
  const states: string[] = [];
  const upstream = createUpstream(
    { baseUrl: server.baseUrl, kind: 'vllm', apiKey: undefined, mode: 'single', ...endpoint },
    { onState: (state) => states.push(state) },
  );
  onTestFinished(async () => {
    await upstream.close();
    await server.close();
  });
  const backend = upstream.createBackend(
    toDeploymentOptions('m', { timeouts: { totalMs: 2000 }, makesEmbeddings }),
  );
  return { server, upstream, backend, states };
}

const model = (more: object) => ({
  object: 'list',
  data: [{ id: 'm', object: 'model', owned_by: 'me', ...more }],
});

const vllmMetrics = `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_running{engine="1",model_name="m"} 2.0
vllm:num_requests_waiting{engine="0",model_name="m"} 4.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="capacity"} 9.0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.5
`;

test('vLLM', async () => {
  const pages = {
    '/v1/models': model({ max_model_len: 2048 }),
    '/version': { version: '0.32.0' },
    '/metrics': vllmMetrics,
  };
  const { upstream, backend, states } = await probe({ pages }, {});
  expect([backend.state(), backend.describe()]).toEqual(['starting', undefined]);
  await upstream.probed;
  expect(states).toEqual(['ready']);
  expect(upstream.facts()).toMatchObject({
    models: [{ id: 'm', contextLength: 2048, ownedBy: 'me' }],
    version: '0.32.0',
  });
  expect(backend.describe()).toEqual({
    fingerprint: 'vllm-0.32.0',
    task: 'generate',
    contextLength: 2048,
    slots: undefined,
  });
  expect(backend.load()).toEqual({ running: 5, waiting: 4, slots: undefined, cacheUse: 0.5 });
});

test('llama-server, whose context is that of one slot', async () => {
  const pages = {
    '/v1/models': model({ meta: { n_ctx_train: 8192 } }),
    '/props': { default_generation_settings: { n_ctx: 1024 }, build_info: 'b11434-abc' },
    '/metrics': 'llamacpp:requests_processing 2\nllamacpp:requests_deferred 1\n',
  };
  const { upstream, backend } = await probe({ pages }, { kind: 'llama-server' });
  await upstream.probed;
  expect(backend.describe()).toMatchObject({ fingerprint: 'llama-server-b11434-abc', contextLength: 1024 });
  expect(backend.load()).toMatchObject({ running: 2, waiting: 1 });
});

test('SGLang', async () => {
  const pages = {
    '/v1/models': model({ max_model_len: 4096 }),
    '/get_server_info': { version: '0.5.2' },
    '/metrics':
      'sglang:num_running_reqs{model_name="m"} 7.0\nsglang:num_queue_reqs{model_name="m"} 6.0\nsglang:token_usage{} 0.1\n',
  };
  const { upstream, backend } = await probe({ pages }, { kind: 'sglang' });
  await upstream.probed;
  expect(backend.describe()).toMatchObject({ fingerprint: 'sglang-0.5.2', contextLength: 4096 });
  expect(backend.load()).toMatchObject({ running: 7, waiting: 6, cacheUse: 0.1 });
});

test('Ollama, which shows each model by name', async () => {
  const behaviours: FaultyUpstreamOptions['behaviours'] = {
    m: ({ response, path }) => {
      response.writeHead(path === '/api/show' ? 200 : 404, jsonHead);
      response.end('{"model_info":{"llama.context_length":131072},"parameters":"stop x\\nnum_ctx   4096"}');
    },
  };
  const pages = { '/v1/models': model({}), '/api/version': { version: '0.12.3' } };
  const { upstream, backend } = await probe({ behaviours, pages }, { kind: 'ollama' });
  await upstream.probed;
  expect(backend.describe()).toMatchObject({ fingerprint: 'ollama-0.12.3', contextLength: 4096 });
});

test('any other, and a router, whose metrics are of one server behind it', async () => {
  const plain = await probe(
    { pages: { '/v1/models': model({ context_length: 512 }) } },
    { kind: 'openai-compatible' },
  );
  const router = await probe({ pages: { '/metrics': vllmMetrics } }, { mode: 'router' });
  await Promise.all([plain.upstream.probed, router.upstream.probed]);
  expect(plain.backend.describe()).toMatchObject({ fingerprint: 'openai-compatible', contextLength: 512 });
  expect(router.backend.load()).toMatchObject({ running: 0, waiting: 0 });
});

test.each([
  ['garbage', '{"data":'],
  ['another form', { models: 7 }],
  ['models without names', { data: [{ id: 5 }, null, { id: '' }, { id: 'x'.repeat(1000) }] }],
  ['a context that is none', model({ max_model_len: 'long' })],
  ['a page of 10 MB', 'x'.repeat(10_000_000)],
])('a list of models with %s does no harm', async (_, page) => {
  const { upstream, backend } = await probe({ pages: { '/v1/models': page } }, {});
  await upstream.probed;
  expect(backend.describe()?.contextLength).toBeUndefined();
  expect(['ready', 'failed']).toContain(backend.state());
});

test.each([401, 403, 500, 503])(
  'a server that answers %i has failed, and is back when it answers',
  async (status) => {
    let isBroken = true;
    let running = 0;
    let most = 0;
    const { upstream, backend, states } = await probe(
      {
        pages: {
          '/v1/models': (response) => {
            running += 1;
            most = Math.max(most, running);
            setTimeout(() => {
              running -= 1;
              response.writeHead(isBroken ? status : 200, jsonHead);
              response.end(JSON.stringify(model({ max_model_len: 100 })));
            }, 150);
          },
        },
      },
      { probeMs: 50 },
    );
    await upstream.probed;
    expect(backend.state()).toBe('failed');
    isBroken = false;
    await expect.poll(() => backend.state()).toBe('ready');
    expect(states).toEqual(['failed', 'ready']);
    expect(backend.describe()?.contextLength).toBe(100);
    // The time between two probes is shorter than a probe.
    expect(most).toBe(1);
  },
);

test('a server that says nothing has failed after the time of a probe', async () => {
  const { upstream, backend } = await probe({ pages: { '/v1/models': () => undefined } }, { probeMs: 200 });
  const startedAtMs = performance.now();
  await upstream.probed;
  expect(performance.now() - startedAtMs).toBeLessThan(2000);
  expect(backend.state()).toBe('failed');
});

test('a closed upstream asks no more', async () => {
  let requests = 0;
  const { upstream } = await probe(
    {
      pages: {
        '/v1/models': (response) => {
          requests += 1;
          response.end('{}');
        },
      },
    },
    { probeMs: 20 },
  );
  await expect.poll(() => requests).toBeGreaterThan(3);
  await upstream.close();
  const before = requests;
  await sleep(200);
  expect(requests).toBe(before);
});

const text = { kind: 'text', text: 'Hi', addsControlTokens: true, readsControlTokens: false } as const;

test("vLLM's tokens", async () => {
  const asked: unknown[] = [];
  const behaviours: FaultyUpstreamOptions['behaviours'] = {
    m: ({ response, path, body }) => {
      asked.push([path, body]);
      response.writeHead(200, jsonHead);
      response.end(
        path === '/detokenize'
          ? '{"prompt":"Hi"}'
          : '{"count":2,"max_model_len":2048,"tokens":[1,9690],"token_strs":["<s>","Hi"]}',
      );
    },
  };
  const { backend } = await probe({ behaviours }, {});
  const { tokenizer, countTokens } = backend;
  expect(await tokenizer?.tokenize(text, untouched(), origin)).toEqual({
    tokens: [1, 9690],
    texts: ['<s>', 'Hi'],
  });
  expect(await countTokens?.(createRequest('Hi'), untouched())).toBe(2);
  expect(await tokenizer?.detokenize([1, 9690], untouched(), origin)).toBe('Hi');
  const messages = [{ role: 'user', content: 'Hi' }];
  expect(asked).toEqual([
    ['/tokenize', { model: 'm', prompt: 'Hi', add_special_tokens: true, return_token_strs: true }],
    ['/tokenize', { model: 'm', messages, return_token_strs: true }],
    ['/detokenize', { model: 'm', tokens: [1, 9690] }],
  ]);
});

test("llama-server's tokens, of which a conversation is rendered first", async () => {
  const asked: string[] = [];
  const answer: FaultyUpstreamOptions['behaviours'][string] = ({ response, path, body }) => {
    asked.push(`${path} ${body['content'] ?? ''}`);
    response.writeHead(200, jsonHead);
    const answers: Readonly<Record<string, string>> = {
      '/apply-template': '{"prompt":"<|im_start|>Hi"}',
      '/tokenize': '{"tokens":[{"id":5,"piece":"Hi"},{"id":6,"piece":[195]}]}',
      '/detokenize': '{"content":"Hi"}',
    };
    response.end(answers[path]);
  };
  const { backend } = await probe({ behaviours: { m: answer, undefined: answer } }, { kind: 'llama-server' });
  const { tokenizer, countTokens } = backend;
  expect(await tokenizer?.tokenize(text, untouched(), origin)).toEqual({
    tokens: [5, 6],
    texts: ['Hi', '\uFFFD'],
  });
  expect(await countTokens?.(createRequest('Hi'), untouched())).toBe(2);
  expect(await tokenizer?.detokenize([5], untouched(), origin)).toBe('Hi');
  expect(asked).toEqual(['/tokenize Hi', '/apply-template ', '/tokenize <|im_start|>Hi', '/detokenize ']);
});

test.each([
  ['garbage', 200, '{"tokens":'],
  ['no tokens', 200, '{"count":2}'],
  ['a refusal of our key', 401, '{"detail":"Unauthorized"}'],
])('tokens with %s are an error of the upstream', async (_, status, page) => {
  const behaviours: FaultyUpstreamOptions['behaviours'] = {
    m: ({ response }) => {
      response.writeHead(status, jsonHead);
      response.end(page);
    },
  };
  const { backend } = await probe({ behaviours }, {});
  await expect(backend.countTokens?.(createRequest('Hi'), untouched())).rejects.toMatchObject({
    code: 'upstream_error',
  });
});

test('vectors', async () => {
  const behaviours: FaultyUpstreamOptions['behaviours'] = {
    m: ({ response, path, body }) => {
      response.writeHead(path === '/v1/embeddings' ? 200 : 404, jsonHead);
      const list = Array.isArray(body['input']) ? body['input'] : [];
      const vectors = list.map((_, index) => ({
        object: 'embedding',
        index,
        embedding: [3, 4 * (index + 1)],
      }));
      response.end(
        JSON.stringify({ data: vectors.toReversed(), usage: { prompt_tokens: 7, total_tokens: 7 } }),
      );
    },
  };
  const { backend, upstream } = await probe({ behaviours }, {}, true);
  await upstream.probed;
  expect(backend.describe()?.task).toBe('embed');
  const inputs = ['a', 'b'].map((one) => ({ kind: 'text', text: one }) as const);
  const made = await backend.embed?.({ id: 'e', inputs }, untouched());
  expect(made?.promptTokens).toBe(7);
  expect(made?.vectors.map((vector) => [...vector].map((one) => one.toFixed(2)))).toEqual([
    ['0.60', '0.80'],
    ['0.35', '0.94'],
  ]);
  const controller = new AbortController();
  const left = backend.embed?.({ id: 'e', inputs }, controller.signal);
  controller.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
});
