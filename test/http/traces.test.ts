import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../otlp-receiver.ts';
import { startWholeApp, type WholeApp } from '../start-whole-app.ts';
import { jsonHead, wholeBody, wholeHead } from '../upstream/answer-texts.ts';
import { startFaultyUpstream } from '../upstream/faulty-upstream.ts';
import { chatBody, postChat } from './requests.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const clientSpanId = 'b7ad6b7169203331';

interface Traced {
  readonly server: WholeApp;
  readonly receiver: OtlpReceiver;
  /** What the upstream got, in order. */
  readonly sent: readonly (string | undefined)[];
  ask(model: string, headers?: Readonly<Record<string, string>>): Promise<string>;
}

async function start(hasCollector = true): Promise<Traced> {
  const receiver = await startOtlpReceiver();
  const sent: (string | undefined)[] = [];
  const upstream = await startFaultyUpstream({
    behaviours: {
      good: ({ headers, isStreamed, response }) => {
        sent.push(headers['traceparent']?.toString());
        response.writeHead(200, wholeHead(isStreamed));
        response.end(wholeBody(isStreamed));
      },
      broken: ({ headers, response }) => {
        sent.push(headers['traceparent']?.toString());
        response.writeHead(500, jsonHead);
        response.end('{"error":{"message":"No."}}');
      },
    },
  });
  onTestFinished(() => upstream.close());
  const server = await startWholeApp({
    environment: hasCollector ? { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } : {},
    settings: {
      queueWaitMsMax: 200,
      upstreams: { cloud: { kind: 'vllm', baseUrl: upstream.baseUrl.href } },
      models: ['good', 'broken'].map((name) => ({ name, deployments: [{ upstream: 'cloud' }] })),
    },
  });
  const key = await server.createKey('user');
  const ask = async (model: string, headers: Readonly<Record<string, string>> = {}) => {
    const body = chatBody(model, { stream: true });
    const answer = await postChat({ url: server.url, key }, body, { headers, path: '/v1/chat/completions' });
    await answer.text();
    return answer.headers.get('x-request-id') ?? '';
  };
  return { server, receiver, sent, ask };
}

/** The spans of a request, once its own one, the last to end, was received. */
async function waitForSpans({ receiver }: Traced, requestId: string): Promise<readonly ReceivedSpan[]> {
  const isIt = ({ kind, attributes }: ReceivedSpan) =>
    kind === 2 && attributes['gravix.request.id'] === requestId;
  await expect.poll(() => receiver.spans().some(isIt), { timeout: 15_000, interval: 50 }).toBe(true);
  const root = receiver.spans().find(isIt);
  return receiver.spans().filter((span) => span.traceId === root?.traceId);
}

function byName(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const span = spans.find((one) => one.name === name);
  if (span === undefined) throw new Error(`${name} is not among ${spans.map((one) => one.name).join(', ')}.`);
  return span;
}

test('a request continues the trace of its client, has its phases, and is continued by the upstream', async () => {
  const traced = await start();
  const requestId = await traced.ask('good', { traceparent: `00-${traceId}-${clientSpanId}-01` });
  const spans = await waitForSpans(traced, requestId);
  const root = byName(spans, 'POST /v1/chat/completions');
  expect(root).toMatchObject({ traceId, parentSpanId: clientSpanId, kind: 2 });
  expect(root.resource).toMatchObject({ 'service.name': 'gravix' });
  expect(root.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/v1/chat/completions',
    'http.response.status_code': 200,
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'gravix',
    'gen_ai.request.model': 'good',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 3,
  });
  const call = byName(spans, 'chat good');
  expect(call).toMatchObject({ parentSpanId: root.spanId, kind: 3 });
  expect(call.attributes).toMatchObject({
    'gen_ai.provider.name': 'vllm',
    'gravix.upstream': 'cloud',
    'gravix.request.id': requestId,
  });
  expect(traced.sent).toEqual([`00-${traceId}-${call.spanId}-01`]);
  const phases = ['queue', 'prefill', 'decode'].map((name) => byName(spans, name));
  let atNano = BigInt(root.startTimeUnixNano) - 1_000_000n;
  for (const { parentSpanId, startTimeUnixNano, endTimeUnixNano } of phases) {
    expect(parentSpanId).toBe(root.spanId);
    expect(BigInt(startTimeUnixNano)).toBeGreaterThanOrEqual(atNano);
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    atNano = BigInt(startTimeUnixNano);
  }
  expect(traced.receiver.text()).not.toContain('Hello');
});

test('without a trace of the client it begins one, and failures are marked', async () => {
  const traced = await start();
  const requestId = await traced.ask('broken');
  const spans = await waitForSpans(traced, requestId);
  const root = byName(spans, 'POST /v1/chat/completions');
  expect(root.parentSpanId ?? '').toBe('');
  expect(root.status.code).toBe(2);
  const call = byName(spans, 'chat broken');
  expect(call).toMatchObject({ parentSpanId: root.spanId, status: { code: 2 } });
  expect(call.attributes).toMatchObject({ 'error.type': 'upstream_error' });
});

test('a trace that its client did not sample is passed on and not sent; probes are not traced', async () => {
  const traced = await start();
  await traced.ask('good', { traceparent: `00-${traceId}-${clientSpanId}-00` });
  await (await fetch(`${traced.server.url}/health`)).text();
  await waitForSpans(traced, await traced.ask('good'));
  expect(traced.sent[0]).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  expect(traced.receiver.spans().some((span) => span.traceId === traceId)).toBe(false);
  expect(traced.receiver.text()).not.toContain('/health');
});

test('without a collector the context of the client goes to the upstream all the same', async () => {
  const { ask, sent } = await start(false);
  await ask('good', { traceparent: `00-${traceId}-${clientSpanId}-01` });
  await ask('good', { traceparent: 'nonsense' });
  await ask('good');
  expect(sent).toEqual([
    expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
    undefined,
    undefined,
  ]);
});

test('without a collector no package of it is loaded', () => {
  const root = join(import.meta.dirname, '..', '..');
  const program = `
import { createRequire } from 'node:module';
import ${JSON.stringify(join(root, 'src', 'app.ts'))};
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => /opentelemetry.(sdk|exporter|otlp)/.test(path));
process.stdout.write(JSON.stringify(loaded));
`;
  const words = ['--import', 'tsx', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: root });
  expect([stdout, stderr]).toEqual(['[]', '']);
});
