import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from '../listen-on-loopback.ts';

/** What the other side of `gravix chat` does, chosen by the last word of the question. */
export interface ScriptedChatServer {
  readonly url: string;
  /** The bodies that arrived, in order. */
  readonly bodies: { messages: { role: string; content: string }[]; [name: string]: unknown }[];
  /** Streams that the client left before their end. */
  readonly abandoned: { count: number };
}

export const scriptedKey = 'gx-scripted';

export async function startScriptedChatServer(): Promise<ScriptedChatServer> {
  const bodies: ScriptedChatServer['bodies'] = [];
  const abandoned = { count: 0 };
  const server = createServer(async (request, response) => {
    if (request.url !== '/v1/inference/chat/completions') {
      response.writeHead(404).end('<html>not here</html>');
      return;
    }
    if (request.headers.authorization !== `Bearer ${scriptedKey}`) {
      fail(response, 401, 'Incorrect API key provided.', 'invalid_api_key');
      return;
    }
    const body = JSON.parse(await text(request));
    bodies.push(body);
    const question: string = body.messages.at(-1).content;
    await answer(response, question.split(' ').at(-1) ?? '', abandoned);
  });
  const { port, close } = await listenOnLoopback(server);
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}`, bodies, abandoned };
}

async function answer(response: ServerResponse, word: string, abandoned: { count: number }): Promise<void> {
  switch (word) {
    case 'unknown-model':
      return fail(response, 404, 'The model `x` does not exist.', 'model_not_found');
    case 'busy':
      response.setHeader('retry-after', '7');
      return fail(response, 503, 'All slots are taken', 'overloaded');
    case 'long':
      return fail(response, 400, 'The maximum context length is 5 tokens.', 'context_length_exceeded');
    default:
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  switch (word) {
    case 'endless':
      return streamUntilLeft(response, abandoned);
    case 'silent':
      response.flushHeaders();
      response.on('close', () => {
        abandoned.count += 1;
      });
      return;
    case 'cut':
      say(response, 'half an');
      await sleep(100);
      response.destroy();
      return;
    case 'short':
      say(response, 'half an');
      response.end();
      return;
    case 'crash':
      say(response, 'half an');
      response.write('data: {"error":{"message":"The engine crashed.","code":"engine_crashed"}}\n\n');
      await sleep(100);
      response.destroy();
      return;
    case 'garbage':
      response.end('data: {"choices": 3}\n\n');
      return;
    default:
      say(response, `you said \u001b[31m${word}\n`);
      finish(response, word === 'full' ? 'length' : 'stop');
  }
}

async function streamUntilLeft(response: ServerResponse, abandoned: { count: number }): Promise<void> {
  for (let count = 1; !response.destroyed; count += 1) {
    say(response, `${count} `);
    await sleep(20);
  }
  abandoned.count += 1;
}

function say(response: ServerResponse, content: string): void {
  response.write(`data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }] })}\n\n`);
}

function finish(response: ServerResponse, reason: string): void {
  response.write(`data: {"choices":[{"delta":{},"finish_reason":"${reason}"}]}\n\n`);
  response.end('data: [DONE]\n\n');
}

function fail(response: ServerResponse, status: number, message: string, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message, type: 'x', param: null, code } }));
}
