// Requests with an idempotency key, for the tests of what it does.
import type { UsageEndpoint } from '../../src/service/usage/usage-record.ts';
import { finish, type Script, started, textDelta } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';
import { postChat } from './requests.ts';

/** Each answer has another text. */
export function count(): Script {
  let made = 0;
  return () => {
    made += 1;
    return [started, textDelta('Answer'), textDelta(` ${made} 漢`), finish(3)];
  };
}

export interface Route {
  readonly endpoint: UsageEndpoint;
  readonly path: string;
  readonly prompt: object;
}

export const chat: Route = {
  endpoint: 'chat/completions',
  path: '/v1/chat/completions',
  prompt: { messages: [{ role: 'user', content: 'Hello' }] },
};
export const texts: readonly Route[] = [
  chat,
  { endpoint: 'completions', path: '/v1/completions', prompt: { prompt: 'Hello' } },
  { endpoint: 'responses', path: '/v1/responses', prompt: { input: 'Hello' } },
];
export const embeddings: Route = {
  endpoint: 'embeddings',
  path: '/v1/embeddings',
  prompt: { input: 'Hello' },
};

let keys = 0;

export function newKey(): string {
  keys += 1;
  return `key-${keys}`;
}

export interface Asked {
  readonly key: string;
  readonly model?: string;
  readonly more?: object;
  readonly of: TestApp;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export function ask(
  { path, prompt }: Route,
  { key, model = 'm', more = {}, of, headers = {}, signal }: Asked,
) {
  const body = JSON.stringify({ model, ...prompt, ...more });
  const sent = { 'idempotency-key': key, ...headers };
  return postChat(of, body, signal === undefined ? { path, headers: sent } : { path, headers: sent, signal });
}

/** What tells of the answer, and what tells of its way. */
export async function read(answer: Response) {
  const { status, headers } = answer;
  return {
    status,
    text: await answer.text(),
    type: headers.get('content-type'),
    replayed: headers.get('idempotent-replayed'),
    kept: headers.get('x-idempotency-kept'),
    requestId: headers.get('x-request-id'),
    ignored: headers.get('x-ignored-params'),
  };
}
