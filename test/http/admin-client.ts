import type { TestApp } from '../start-test-app.ts';
import { chatBody } from './requests.ts';

export interface AdminAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: Each test says what it expects in it.
  readonly body: any;
  readonly headers: Headers;
}

export type AdminRequest = (
  method: string,
  path: string,
  body?: unknown,
  key?: string,
) => Promise<AdminAnswer>;

/** Asks the management API, by default with a new key that may do everything. */
export async function createAdminClient(app: TestApp): Promise<AdminRequest> {
  const { key: adminKey } = await app.keys.create({ name: 'admin', scopes: ['admin'] });
  return async (method, path, body, key = adminKey) => {
    const answer = await fetch(`${app.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: JSON.parse(await answer.text()), headers: answer.headers };
  };
}

/** The status of a chat with this key. */
export async function chatStatus(app: TestApp, key: string, model = 'good'): Promise<number> {
  const answer = await fetch(`${app.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: chatBody(model),
  });
  await answer.text();
  return answer.status;
}
