import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BackendError } from '../../src/backend/backend-error.ts';
import { finish, refuse, sayTexts, started, textDelta } from '../scripted-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { arbitraryBody } from './arbitrary-request.ts';
import { foldChunks } from './fold-chunks.ts';
import { readOpenApi } from './read-openapi.ts';
import { postChat, toEventTexts } from './requests.ts';
import { createResponseValidator, type ResponseValidator } from './response-validator.ts';

/** JSON, so that it passes where a form is asked for. */
const texts = ['{"a', '":"漢', '字"}'];

let app: TestApp;
let findFault: ResponseValidator;

beforeAll(async () => {
  app = await startTestApp({
    models: {
      good: sayTexts(...texts),
      long: () => [started, ...texts.map(textDelta), finish(3, 'length')],
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
  timeout: 60_000,
}, async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(arbitraryBody, async (body) => {
      const answer = await postChat(app, body, { signal: AbortSignal.timeout(answerMsMax) });
      const { status } = answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const type = answer.headers.get('content-type') ?? '';
      const text = await answer.text();
      if (status >= 500) expect(JSON.parse(text).error.code).toBe('overloaded');
      const values = type.startsWith('text/event-stream') ? toChunks(text) : [JSON.parse(text)];
      for (const value of values) expect(findFault(status, type, value)).toBeUndefined();
      if (type.startsWith('text/event-stream')) {
        const folded = foldChunks(values);
        expect(findFault(200, 'application/json', folded)).toBeUndefined();
        expect(folded.choices[0]?.message.content).toBe(texts.join(''));
      }
    }),
    { numRuns: 600 },
  );
  // Every kind of answer came up: the requests are neither all good nor all bad.
  for (const status of [200, 400, 404, 503]) expect(statuses.get(status), String(status)).toBeGreaterThan(10);
  expect(app.logText()).not.toContain('unexpectedly');
});

/** The chunks of a whole stream, which ends as it must. */
function toChunks(stream: string) {
  const events = toEventTexts(stream);
  expect(events.pop()).toBe('[DONE]');
  return events.map((event) => JSON.parse(event));
}
