// Images in results of tools: an agent's tool may read one, whatever its model can do.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unseenImageText } from '../../src/service/chat/replace-unseen-images.ts';
import { chatCapabilities } from '../create-routed-model.ts';
import { messagesOf } from '../messages-of.ts';
import { sayTexts } from '../scripted-backend.ts';
import { createScriptedRemoteBackend, type ScriptedRemoteBackend } from '../scripted-remote-backend.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { sendMessage } from './scripted-messages.ts';
import { sendTo, toJson } from './scripted-responses.ts';

const data = 'iVBORw0KGgo=';
const address = 'https://example.com/a.png';

let app: TestApp;
let seeing: ScriptedRemoteBackend;

beforeAll(async () => {
  seeing = createScriptedRemoteBackend(sayTexts('A', ' cat'));
  app = await startTestApp({
    models: { blind: sayTexts('I', ' see') },
    backends: { seeing },
    facts: { blind: { capabilities: chatCapabilities } },
  });
});

afterAll(async () => {
  await app.close();
  await seeing.close(0);
});

interface FailureBody {
  readonly error: { readonly param?: string; readonly details?: { readonly param: string } };
}

/** A call, its result with a text, an image and an address, and what the user says to it. */
const apis = {
  messages: {
    images: ['messages[2].content[0].content[1]', 'messages[2].content[0].content[2]'],
    ask: (model: string, more: object, headers = {}) =>
      sendMessage(
        app,
        {
          model,
          max_tokens: 20,
          messages: [
            { role: 'user', content: 'Look at a.png' },
            { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'read', input: {} }] },
            {
              role: 'user',
              content: [
                {
                  type: 'tool_result',
                  tool_use_id: 'c',
                  content: [
                    { type: 'text', text: 'a.png:' },
                    { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
                    { type: 'image', source: { type: 'url', url: address } },
                  ],
                },
                { type: 'text', text: 'And?' },
              ],
            },
          ],
          ...more,
        },
        { headers },
      ),
    askUser: (model: string) =>
      sendMessage(app, {
        model,
        max_tokens: 20,
        messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: address } }] }],
      }),
    userImage: 'messages[0].content[0]',
    readParam: (body: FailureBody) => body.error.details?.param,
  },
  responses: {
    images: ['input[2].output[1]', 'input[2].output[2]'],
    ask: (model: string, more: object, headers = {}) =>
      sendTo(
        app,
        '',
        {
          model,
          input: [
            { role: 'user', content: 'Look at a.png' },
            { type: 'function_call', call_id: 'c', name: 'read', arguments: '{}' },
            {
              type: 'function_call_output',
              call_id: 'c',
              output: [
                { type: 'input_text', text: 'a.png:' },
                { type: 'input_image', image_url: `data:image/png;base64,${data}` },
                { type: 'input_image', image_url: address, detail: 'auto' },
              ],
            },
            { role: 'user', content: 'And?' },
          ],
          ...more,
        },
        { headers },
      ),
    askUser: (model: string) =>
      sendTo(app, '', {
        model,
        input: [{ role: 'user', content: [{ type: 'input_image', image_url: address, detail: 'low' }] }],
      }),
    userImage: 'input[0].content[0]',
    readParam: (body: FailureBody) => body.error.param,
  },
} as const;

describe.each(Object.entries(apis))('%s', (_name, { images, ask, askUser, userImage, readParam }) => {
  test.each([false, true])(
    'reach a model that reads images, in the result (streamed: %s)',
    async (stream) => {
      const answer = await ask('seeing', { stream });
      await answer.text();
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-ignored-params')).toBeNull();
      expect(messagesOf(seeing.requests.at(-1)!).slice(2)).toEqual([
        {
          role: 'tool',
          toolCallId: 'c',
          content: [
            { kind: 'text', text: 'a.png:' },
            { kind: 'image', source: { kind: 'data', mediaType: 'image/png', base64: data } },
            { kind: 'image', source: { kind: 'address', url: address } },
          ],
        },
        { role: 'user', content: [{ kind: 'text', text: 'And?' }] },
      ]);
    },
  );

  test.each([false, true])('are a sentence for a model that reads text (streamed: %s)', async (stream) => {
    const answer = await ask('blind', { stream });
    await answer.text();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ignored-params')).toBe(images[0]);
    expect(messagesOf(app.backend('blind').requests.at(-1)!)[2]?.content).toEqual([
      { kind: 'text', text: 'a.png:' },
      { kind: 'text', text: unseenImageText },
      { kind: 'text', text: unseenImageText },
    ]);
  });

  test('are refused by name where the client wants to hear of it', async () => {
    const answer = await ask('blind', {}, { 'x-compat': 'strict' });
    expect(answer.status).toBe(400);
    expect(readParam(await toJson(answer))).toBe(images[0]);
  });

  test('images of the user are refused by name, and reach a model that reads them', async () => {
    const refused = await askUser('blind');
    expect(refused.status).toBe(400);
    expect(readParam(await toJson(refused))).toBe(userImage);
    expect((await askUser('seeing')).status).toBe(200);
    expect(messagesOf(seeing.requests.at(-1)!)[0]?.content).toMatchObject([{ kind: 'image' }]);
  });
});

test('an image of a stored response has no place in the body of the next one', async () => {
  const image = { type: 'input_image', image_url: address };
  const input = [{ role: 'user', content: [image] }];
  const { id } = await toJson(sendTo(app, '', { model: 'seeing', input, store: true }));
  const next = await sendTo(app, '', { model: 'blind', input: 'And?', previous_response_id: id });
  expect(next.status).toBe(400);
  expect((await toJson(next)).error).toMatchObject({ code: 'unsupported_content', param: 'input' });
});

test.each(['a', 'http://[', 'data:text/plain;base64,AAAA', 'data:image/png,AAAA', 'file:///a.png'])(
  'the address %s of an image is refused',
  async (url) => {
    const input = [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }];
    const answer = await sendTo(app, '', { model: 'seeing', input });
    expect(answer.status).toBe(400);
    expect((await toJson(answer)).error).toMatchObject({ param: 'input[0].content[0].image_url' });
  },
);

test('a detail that changes nothing is named', async () => {
  const input = [
    { role: 'user', content: [{ type: 'input_image', image_url: address, detail: 'original' }] },
  ];
  const answer = await sendTo(app, '', { model: 'seeing', input });
  expect(answer.headers.get('x-ignored-params')).toBe('input[0].content[0].detail');
});

test('a count knows of them too', async () => {
  const input = [
    { type: 'function_call', call_id: 'c', name: 'read', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: address }] },
  ];
  const answer = await sendTo(app, '/input_tokens', { model: 'blind', input });
  expect(answer.status).toBe(200);
  expect(await toJson(answer)).toMatchObject({ input_tokens: unseenImageText.length });
});
