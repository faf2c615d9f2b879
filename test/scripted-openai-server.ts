import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request that a scripted server got. */
export interface ScriptedAsk {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ScriptedOpenAiOptions {
  /** The models that it lists. */
  readonly models?: readonly string[];
  /** The text of its answers. */
  readonly text?: string;
  /** Streams pause before their end until it resolves. */
  readonly untilEnd?: Promise<void>;
}

/** A small server of OpenAI's API on loopback, which says what it is told to. It ends with the test. */
export interface ScriptedOpenAiServer {
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  /** The requests for answers. */
  readonly asks: readonly ScriptedAsk[];
  close(): Promise<void>;
}

export async function startScriptedOpenAiServer(
  options: ScriptedOpenAiOptions = {},
): Promise<ScriptedOpenAiServer> {
  const { models = ['m'], text = 'Hello', untilEnd } = options;
  const asks: ScriptedAsk[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    // Probes also ask for what other servers have.
    const isProbe = request.method === 'GET' || !path.startsWith('/v1/');
    if (isProbe) return answerGet(path, models, response);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = JSON.parse(Buffer.concat(pieces).toString());
    asks.push({ path, headers: request.headers, body });
    if (body.stream === true) await answerStream(body.model, text, untilEnd, response);
    else answerPlain(body.model, text, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, asks, close };
}

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

function answerGet(path: string, models: readonly string[], response: ServerResponse): void {
  const isModels = path === '/v1/models';
  const list = models.map((id) => ({
    id,
    object: 'model',
    created: 1,
    owned_by: 'scripted',
    max_model_len: 4096,
  }));
  response.writeHead(isModels ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isModels ? { object: 'list', data: list } : { error: { message: 'No.' } }));
}

function answerPlain(model: string, content: string, response: ServerResponse): void {
  const message = { role: 'assistant', content };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model, choices, usage }));
}

async function answerStream(
  model: string,
  content: string,
  untilEnd: Promise<void> | undefined,
  response: ServerResponse,
): Promise<void> {
  const send = (fields: object) => {
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model, ...fields };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] });
  await untilEnd;
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}
