import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from './listen-on-loopback.ts';

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookReceiver {
  /** It has a token, as addresses of webhooks often do. */
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
}

/**
 * A real HTTP server that keeps what it gets; it closes with the test.
 *
 * @param toStatus the status of the answer to each; undefined: it never answers
 */
export async function startWebhookReceiver(
  toStatus: (count: number) => number | undefined = () => 204,
): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const status = toStatus(received.length);
    if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end();
  });
  const { port, close } = await listenOnLoopback(server);
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}/hook?token=hidden-token`, received };
}
