// Requests to an upstream that are no answers of a model are joined with their client's in the same way: those for vectors, and
// those that show or count tokens.
import { expect, onTestFinished, test } from 'vitest';
import { startWholeApp } from '../start-whole-app.ts';
import { jsonHead } from '../upstream/answer-texts.ts';
import { type Behaviour, startFaultyUpstream } from '../upstream/faulty-upstream.ts';
import { eventually, postChat } from './requests.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const childPattern = new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`);

interface Seen {
  readonly path: string;
  readonly requestId: unknown;
  readonly traceparent: unknown;
}

async function start() {
  const seen: Seen[] = [];
  const answer =
    (status: number): Behaviour =>
    ({ path, headers, response }) => {
      seen.push({ path, requestId: headers['x-request-id'], traceparent: headers['traceparent'] });
      response.writeHead(status, { ...jsonHead, 'x-request-id': 'theirs-1' });
      const vectors = { data: [{ index: 0, embedding: [0.6, 0.8] }], usage: { prompt_tokens: 4 } };
      const tokens = { tokens: [1, 2, 3], token_strs: ['a', 'b', 'c'], max_model_len: 2048, prompt: 'abc' };
      response.end(JSON.stringify(path.endsWith('/embeddings') ? vectors : tokens));
    };
  const upstream = await startFaultyUpstream({ behaviours: { good: answer(200), broken: answer(500) } });
  onTestFinished(() => upstream.close());
  const server = await startWholeApp({
    settings: {
      queueWaitMsMax: 200,
      upstreams: { cloud: { kind: 'vllm', baseUrl: upstream.baseUrl.href } },
      models: ['good', 'broken'].map((name) => ({ name, deployments: [{ upstream: 'cloud' }] })),
    },
  });
  const key = await server.createKey('user', ['inference', 'metrics']);
  const ask = async (path: string, body: object) => {
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const answered = await postChat({ url: server.url, key }, JSON.stringify(body), { headers, path });
    await answered.text();
    return { status: answered.status, requestId: answered.headers.get('x-request-id') };
  };
  const findLine = async (requestId: string | null) => {
    const isIt = ({ msg, requestId: id, upstream: name }: LogLine) =>
      msg !== 'request' && id === requestId && name === 'cloud';
    await eventually(() => server.logLines().some(isIt));
    return server.logLines().find(isIt);
  };
  const readMetrics = async () => {
    const authorization = { authorization: `Bearer ${key}` };
    return (await fetch(`${server.url}/metrics`, { headers: authorization })).text();
  };
  return { ask, findLine, readMetrics, seen };
}

interface LogLine {
  readonly msg?: unknown;
  readonly requestId?: unknown;
  readonly upstream?: unknown;
}

const messages = [{ role: 'user', content: 'Hello' }];
const questions: readonly (readonly [path: string, body: object, upstreamPath: string])[] = [
  ['/v1/embeddings', { input: 'Hello' }, '/v1/embeddings'],
  ['/v1/tokenize', { prompt: 'Hello' }, '/tokenize'],
  ['/v1/tokenize', { messages }, '/tokenize'],
  ['/v1/detokenize', { tokens: [1, 2] }, '/detokenize'],
  ['/v1/messages/count_tokens', { messages }, '/tokenize'],
  ['/v1/responses/input_tokens', { input: 'Hello' }, '/tokenize'],
  ['/v1/chat/completions/input_tokens', { messages }, '/tokenize'],
];

test('each has the ids of its request', async () => {
  const { ask, findLine, seen } = await start();
  for (const [path, body, upstreamPath] of questions) {
    const { status, requestId } = await ask(path, { model: 'good', ...body });
    expect(status, path).toBe(200);
    expect(requestId).toMatch(/^req_/);
    expect(seen.at(-1), path).toEqual({
      path: upstreamPath,
      requestId,
      traceparent: expect.stringMatching(childPattern),
    });
    expect(await findLine(requestId), path).toMatchObject({
      msg: 'upstream request',
      model: 'good',
      upstreamRequestId: 'theirs-1',
    });
  }
  expect(seen).toHaveLength(questions.length);
});

test('one that fails is in the log, with its cause', async () => {
  const { ask, findLine } = await start();
  const { requestId } = await ask('/v1/embeddings', { model: 'broken', input: 'Hello' });
  expect(await findLine(requestId)).toMatchObject({
    msg: 'an upstream failed a request',
    level: 40,
    errorType: 'upstream_error',
    upstreamRequestId: 'theirs-1',
  });
});

test('vectors are measured, with their tokens; counts of tokens are no operation', async () => {
  const { ask, readMetrics } = await start();
  await ask('/v1/embeddings', { model: 'good', input: 'Hello' });
  await ask('/v1/tokenize', { model: 'good', prompt: 'Hello' });
  const text = await readMetrics();
  const lines = text.split('\n').filter((line) => line.startsWith('gen_ai_client_inference_'));
  const find = (name: string) => lines.filter((line) => line.startsWith(name));
  expect(find('gen_ai_client_inference_duration_seconds_count')).toEqual([
    expect.stringMatching(/gen_ai_operation_name="embeddings".* 1$/),
  ]);
  expect(find('gen_ai_client_inference_usage_input_tokens_total')).toEqual([
    expect.stringMatching(/gen_ai_operation_name="embeddings".* 4$/),
  ]);
});
