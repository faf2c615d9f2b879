import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import type { ChatCompletion } from '../../src/protocol/openai/chat/chat-completion.ts';
import { refuse } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { arbitraryBody } from './arbitrary-request.ts';
import { foldChunks } from './fold-chunks.ts';
import { obedientText, obey } from './obedient-script.ts';
import { readOpenApi } from './read-openapi.ts';
import { postChat, toEventTexts } from './requests.ts';
import { createResponseValidator, type ResponseValidator } from './response-validator.ts';

let app: TestApp;
let findFault: ResponseValidator;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: obey(undefined),
      long: obey('length'),
      refused: refuse(new BackendError('overloaded', 'The server is busy.', { retryAfterMs: 1000 })),
    },
  });
  const document = await readOpenApi(app);
  findFault = createResponseValidator(document, document.paths['/v1/inference/chat/completions']!['post']!);
});

afterAll(() => app.close());

/** No answer after this long is a hang, in milliseconds. */
const answerMsMax = 10_000;

test('whatever is sent, the answer is one that the document describes, and no 5xx of ours', {
  timeout: 120_000,
}, async () => {
  const seen = new Map<string, number>();
  const note = (name: string) => seen.set(name, (seen.get(name) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(arbitraryBody, async (body) => {
      const { status } = await ask(body);
      note(String(status));
      if (status !== 200) return;
      const request: object = JSON.parse(body);
      const plain = await ask(JSON.stringify({ ...request, stream: false, stream_options: null }));
      const stream_options = { include_usage: true };
      const streamed = await ask(JSON.stringify({ ...request, stream: true, stream_options }));
      expect(plain.completion).toBeDefined();
      const { id, created } = plain.completion ?? {};
      expect({ ...streamed.completion, id, created }).toStrictEqual(plain.completion);
      for (const feature of listFeatures(plain.completion)) note(feature);
    }),
    { numRuns: 800 },
  );
  // Every kind of answer came up: the requests are neither all good nor all bad.
  for (const status of ['200', '400', '404', '503']) expect(seen.get(status), status).toBeGreaterThan(10);
  for (const feature of features) expect(seen.get(feature), feature).toBeGreaterThan(0);
  expect(app.logText()).not.toContain('unexpectedly');
});

interface Answer {
  readonly status: number;
  /** Of a stream its fold; undefined for an error. */
  readonly completion: ChatCompletion | undefined;
}

/** Fails for an answer that the document does not describe. */
async function ask(body: string): Promise<Answer> {
  const answer = await postChat(app, body, { signal: AbortSignal.timeout(answerMsMax) });
  const { status } = answer;
  const type = answer.headers.get('content-type') ?? '';
  const text = await answer.text();
  if (status >= 500) expect(JSON.parse(text).error.code).toBe('overloaded');
  const isStreamed = type.startsWith('text/event-stream');
  const values = isStreamed ? toChunks(text) : [JSON.parse(text)];
  for (const value of values) expect(findFault(status, type, value)).toBeUndefined();
  if (status !== 200) return { status, completion: undefined };
  const completion: ChatCompletion = isStreamed ? foldChunks(values) : values[0];
  expect(findFault(200, 'application/json', completion)).toBeUndefined();
  for (const { message, finish_reason } of completion.choices) {
    const texts = [null, obedientText, ...(finish_reason === 'length' ? [''] : [])];
    expect(texts).toContain(message.content);
  }
  return { status, completion };
}

/** The chunks of a whole stream, which ends as it must. */
function toChunks(stream: string) {
  const events = toEventTexts(stream);
  expect(events.pop()).toBe('[DONE]');
  return events.map((event) => JSON.parse(event));
}

const features = [
  ...['choices', 'thoughts', 'calls', 'parallel calls', 'calls beside content', 'function call', 'logprobs'],
  ...['tier', 'stop', 'length', 'tool_calls', 'function_call'],
];

/** What came up in an answer. */
function listFeatures(completion: ChatCompletion | undefined): string[] {
  const { choices = [], service_tier } = completion ?? {};
  const found = choices.flatMap(({ message, logprobs, finish_reason }) => {
    const { content, reasoning_content, tool_calls = [], function_call } = message;
    const signs = {
      thoughts: reasoning_content !== undefined,
      calls: tool_calls.length > 0,
      'parallel calls': tool_calls.length > 1,
      'calls beside content': tool_calls.length > 0 && content !== null,
      'function call': function_call !== undefined,
      logprobs: (logprobs?.content.length ?? 0) > 0,
      [finish_reason]: true,
    };
    return Object.entries(signs).flatMap(([name, isThere]) => (isThere ? [name] : []));
  });
  return [
    ...new Set(found),
    ...(choices.length > 1 ? ['choices'] : []),
    ...(service_tier === undefined ? [] : ['tier']),
  ];
}
