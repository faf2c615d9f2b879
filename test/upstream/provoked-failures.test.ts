// One client's content makes the only upstream of a model fail in every way that an upstream has. Others are served.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSystemComposite } from '../create-deployment.ts';
import { chatBody, postChat } from '../http/requests.ts';
import type { TestApp } from '../start-test-app.ts';
import { completion, events, jsonHead, roleChunk, wholeBody, wholeHead } from './answer-texts.ts';
import type { Behaviour } from './faulty-upstream.ts';
import { startUpstreamSetup, type UpstreamSetup } from './upstream-setup.ts';

const failures: Readonly<Record<string, Behaviour>> = {
  'no JSON': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(isStreamed ? 'data: {"cho\n\n' : '{"cho');
  },
  'a web page': ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html></html>');
  },
  'no choice': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(isStreamed ? 'data: [DONE]\n\n' : '{"choices":[]}');
  },
  'a call that was not asked for': ({ response }) => {
    response.writeHead(200, jsonHead);
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    response.end(JSON.stringify(completion({ content: null, tool_calls: [call] })));
  },
  'a cut answer': async ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.write(isStreamed ? events(roleChunk) : '{"choices":[');
    await new Promise((resolve) => setTimeout(resolve, 5));
    response.destroy();
  },
  'status 500': ({ response }) => {
    response.writeHead(500, jsonHead);
    response.end('{"error":{"message":"Internal Server Error"}}');
  },
  'an error in a 200': ({ response }) => {
    response.writeHead(200, jsonHead);
    response.end('{"error":{"message":"No.","type":"server_error","code":null}}');
  },
};

let setup: UpstreamSetup;
let app: TestApp;

beforeAll(async () => {
  const behaviours = Object.entries(failures).map(([name, fail]): [string, Behaviour] => [
    name,
    (turn) => {
      if (JSON.stringify(turn.body).includes('poison')) return fail(turn);
      turn.response.writeHead(200, wholeHead(turn.isStreamed));
      turn.response.end(wholeBody(turn.isStreamed));
    },
  ]);
  setup = await startUpstreamSetup(Object.fromEntries(behaviours));
  app = await setup.startApp(
    Object.fromEntries(
      Object.keys(failures).map((name) => [name, createSystemComposite(name, setup.createBackend(name))]),
    ),
  );
});
afterAll(() => setup.close());

const messages = [{ role: 'user', content: 'poison' }];

test.each(Object.keys(failures).flatMap((name) => [false, true].map((stream) => ({ name, stream }))))(
  '$name, stream: $stream',
  async ({ name, stream }) => {
    for (let turn = 0; turn < 3; turn += 1) {
      const failed = await postChat(app, chatBody(name, { messages, stream }));
      expect(failed.status).toBe(502);
      const served = await postChat(app, chatBody(name, { stream }));
      expect(served.status).toBe(200);
      expect(await served.text()).toContain('wörld');
    }
  },
);
