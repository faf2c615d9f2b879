// The helpers of the official SDKs, which send more than one request or read an answer piece by piece.
import Anthropic, { BadRequestError } from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import type OpenAI from 'openai';
import { zodFunction, zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toText } from '../../src/backend/message-content.ts';
import { createOpenAiClient } from '../create-openai-client.ts';
import { eventually } from '../http/requests.ts';
import { ask, startMessagesApp } from '../http/scripted-messages.ts';
import { messagesOf } from '../messages-of.ts';
import { callTools, finish, type Script, started, textDelta } from '../scripted-backend.ts';
import type { TestApp } from '../start-test-app.ts';

/** Calls a tool, and then says what it got. */
const agent: Script = (request) => {
  const last = messagesOf(request).at(-1);
  if (last?.role !== 'tool') return callTools(['get_weather', '{"city":', '"Paris"}'])(request);
  return [started, textDelta(`Paris: ${toText(last.content)}`), finish(3)];
};

let app: TestApp;
let anthropic: Anthropic;
let openai: OpenAI;

beforeAll(async () => {
  app = await startMessagesApp({ models: { agent } });
  anthropic = new Anthropic({ apiKey: app.key, baseURL: app.url, maxRetries: 0 });
  openai = createOpenAiClient(app);
});

afterAll(() => app.close());

const schema = z.object({ city: z.string() });
const run = ({ city }: z.infer<typeof schema>) => `rain in ${city}`;

describe("Anthropic's", () => {
  const weather = betaZodTool({ name: 'get_weather', description: 'The weather.', inputSchema: schema, run });
  const question = { ...ask('agent'), tools: [weather] };

  test('tool runner goes on until the answer: it gives up the thread that it asks for first', async () => {
    const answer = await anthropic.beta.messages.toolRunner(question);
    expect(answer.content).toMatchObject([{ type: 'text', text: 'Paris: rain in Paris' }]);
    const runner = anthropic.beta.messages.toolRunner({ ...question, stream: true });
    const types: string[] = [];
    for await (const stream of runner) for await (const { type } of stream) types.push(type);
    expect(types.filter((type) => type === 'message_stop')).toHaveLength(2);
    expect((await runner.done()).content).toEqual(answer.content);
  });

  test('thread is refused with the code that it knows', async () => {
    const { model, max_tokens } = ask('good');
    const refused = await anthropic.beta.messages
      .thread({ model, max_tokens })
      .send({ role: 'user', content: 'Hello' })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BadRequestError);
    expect(refused).toMatchObject({
      error: { error: { details: { error_code: 'thread_unsupported_request' } } },
    });
    const willing = anthropic.beta.messages.thread({
      model,
      max_tokens,
      unsupportedRequestBehavior: 'continue_unthreaded',
    });
    await willing.send({ role: 'user', content: 'Hello' });
    expect((await willing.send({ role: 'user', content: 'And?' })).stop_reason).toBe('end_turn');
    expect(messagesOf(app.backend('good').requests.at(-1)!)).toHaveLength(3);
  });

  test('stream that is left ends the work', async () => {
    const endings = app.backend('endless').endings.length;
    const stream = anthropic.messages.stream(ask('endless'));
    stream.on('text', () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await eventually(() => app.backend('endless').endings.length === endings + 1);
  });

  test('retries ask again, and the error has the id of the request', async () => {
    const patient = new Anthropic({ apiKey: app.key, baseURL: app.url, maxRetries: 1 });
    const before = app.backend('busy').requests.length;
    const error = await patient.messages.create(ask('busy')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      status: 529,
      type: 'overloaded_error',
      requestID: expect.stringMatching(/^req_/),
    });
    expect(app.backend('busy').requests).toHaveLength(before + 2);
  });
});

describe("OpenAI's", () => {
  test('runner of tools, plain and streamed', async () => {
    const messages = [{ role: 'user' as const, content: 'The weather?' }];
    const tool = zodFunction({ name: 'get_weather', parameters: schema, function: run });
    const asked = { model: 'agent', messages, tools: [tool] };
    const runners = [
      openai.chat.completions.runTools({ ...asked, stream: false }),
      openai.chat.completions.runTools({ ...asked, stream: true }),
    ];
    for (const runner of runners) expect(await runner.finalContent()).toBe('Paris: rain in Paris');
  });

  test('responses are parsed, plain and streamed: a format, and the arguments of calls', async () => {
    const text = { format: zodTextFormat(z.object({ a: z.number() }), 'number') };
    expect((await openai.responses.parse({ model: 'json', input: 'a', text })).output_parsed).toEqual({
      a: 1,
    });
    const stream = openai.responses.stream({ model: 'json', input: 'a', text });
    expect((await stream.finalResponse()).output_parsed).toEqual({ a: 1 });
    const tools = [
      zodResponsesFunction({ name: 'get_weather', parameters: schema }),
      zodResponsesFunction({ name: 'get_time', parameters: z.object({}) }),
    ];
    const { output } = await openai.responses.parse({ model: 'calling', input: 'a', tools });
    expect(output).toMatchObject([{ parsed_arguments: { city: 'Paris' } }, { parsed_arguments: {} }]);
  });

  test('streams of responses hide the sizes of words if they are asked to', async () => {
    const read = async (include_obfuscation: boolean) => {
      const stream_options = { include_obfuscation };
      const stream = await openai.responses.create({
        model: 'good',
        input: 'a',
        stream: true,
        stream_options,
      });
      const padded: [type: string, isPadded: boolean, bytes: number][] = [];
      for await (const event of stream)
        padded.push([event.type, 'obfuscation' in event, JSON.stringify(event).length]);
      return padded;
    };
    const padded = await read(true);
    for (const [type, isPadded, bytes] of padded) {
      expect(isPadded).toBe(type.endsWith('.delta'));
      if (isPadded) expect(bytes % 128).toBe(0);
    }
    expect(padded.filter(([, isPadded]) => isPadded)).toHaveLength(2);
    expect((await read(false)).some(([, isPadded]) => isPadded)).toBe(false);
  });
});
