// What the agents of `npm run check:agents` sent, sent again: each request is answered by a stream of the form that its
// client reads, and the model sees one conversation that grows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GenerationRequest } from '../../src/backend/generation-request.ts';
import { messagesOf } from '../messages-of.ts';
import { startTestApp, type TestApp } from '../start-test-app.ts';
import { model } from './agent.ts';
import { listAgents } from './list-agents.ts';
import { playTask } from './play-task.ts';
import { type CleanRequest, readRecording, recordedFilePath, toBody } from './recording.ts';
import { toStreamShape } from './to-stream-shape.ts';

type Answer = 'thought and call' | 'text and call' | 'text';

const wholeTask: readonly Answer[] = ['thought and call', 'text and call', 'text'];

interface Expected {
  readonly answers: readonly Answer[];
  readonly ignored: readonly (string | null)[];
  /** It asks for thoughts without their text. Default: false. */
  readonly omitsThoughts?: boolean;
}

/** What each agent's requests are answered with, and which of their fields change nothing here. */
const expected: Readonly<Record<string, Expected>> = {
  'Claude Code': {
    answers: wholeTask,
    ignored: wholeTask.map(() => 'context_management, tools[10].defer_loading'),
    omitsThoughts: true,
  },
  Codex: {
    answers: wholeTask,
    ignored: [
      'client_metadata, reasoning.summary, tools[8]',
      'client_metadata, reasoning.summary, tools[8]',
      'client_metadata, reasoning.summary, tools[8]',
    ],
  },
  // Its first request asks for a title.
  opencode: { answers: ['text', ...wholeTask], ignored: [null, null, null, null] },
  'Qwen Code': { answers: wholeTask, ignored: [null, null, null] },
  aider: { answers: ['text'], ignored: [null] },
};

const shapes = {
  chat: {
    'thought and call': toChunks('tool_calls', 'reasoning+reasoning_content', 'tool_calls'),
    'text and call': toChunks('tool_calls', 'content', 'tool_calls'),
    text: toChunks('stop', 'content'),
  },
  messages: {
    'thought and call': toMessage(
      'tool_use',
      toBlock('thinking', 'thinking_delta', 'signature_delta'),
      toBlock('tool_use', 'input_json_delta'),
    ),
    'text and call': toMessage(
      'tool_use',
      toBlock('text', 'text_delta'),
      toBlock('tool_use', 'input_json_delta'),
    ),
    text: toMessage('end_turn', toBlock('text', 'text_delta')),
  },
  responses: {
    'thought and call': toResponse(toPartItem('reasoning', 'reasoning_text'), callItem()),
    'text and call': toResponse(toPartItem('message', 'output_text'), callItem()),
    text: toResponse(toPartItem('message', 'output_text')),
  },
} as const satisfies Record<string, Record<Answer, readonly string[]>>;

function toChunks(reason: string, ...deltas: readonly string[]): string[] {
  return ['content+role', ...deltas, `finish ${reason}`];
}

function toMessage(reason: string, ...blocks: readonly string[][]): string[] {
  return ['message_start', ...blocks.flat(), `message_delta ${reason}`, 'message_stop'];
}

function toBlock(type: string, ...deltas: readonly string[]): string[] {
  const changes = deltas.map((delta) => `content_block_delta ${delta}`);
  return [`content_block_start ${type}`, ...changes, 'content_block_stop'];
}

function toResponse(...items: readonly string[][]): string[] {
  return ['created', 'in_progress', ...items.flat(), 'completed'];
}

function toItem(type: string, ...events: readonly string[]): string[] {
  return [`output_item.added ${type}`, ...events, `output_item.done ${type}`];
}

function toPartItem(type: string, part: string): string[] {
  return toItem(type, 'content_part.added', `${part}.delta`, `${part}.done`, 'content_part.done');
}

function callItem(): string[] {
  return toItem('function_call', 'function_call_arguments.delta', 'function_call_arguments.done');
}

describe.each(listAgents())('$name', (agent) => {
  const recording = readRecording(agent);
  const requests = recording.requests.filter(({ body }) => body !== undefined);
  const { answers, ignored, omitsThoughts }: Expected = expected[agent.name] ?? { answers: [], ignored: [] };
  const read: object[] = [];
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ models: { [model]: playTask(agent, recordedFilePath) } });
    for (const request of recording.requests) {
      const answer = await send(app, request, toBody(recording, request));
      const text = await answer.text();
      const shape = request.body === undefined ? [] : toStreamShape(agent.api, text);
      read.push({ status: answer.status, shape, ignored: answer.headers.get('x-ignored-params') });
    }
  });

  afterAll(() => app.close());

  test('each request is answered by a stream that its client reads', () => {
    // Claude Code first looks whether the server is there.
    const others = recording.requests.length - requests.length;
    expect(read.slice(0, others)).toEqual(Array(others).fill({ status: 200, shape: [], ignored: null }));
    const wanted = answers.map((kind, at) => {
      const end = agent.api === 'chat' ? toChatEnd(requests[at]) : [];
      const shape: string[] = [...shapes[agent.api][kind], ...end];
      const isShown = (event: string) => !(omitsThoughts && event === 'content_block_delta thinking_delta');
      return { status: 200, shape: shape.filter(isShown), ignored: ignored[at] };
    });
    expect(read.slice(others)).toEqual(wanted);
  });

  test('the model sees one conversation that grows, with the same tools', () => {
    const turns = app.backend(model).requests.filter(hasTools);
    expect(turns).toHaveLength(answers.length === 1 ? 0 : wholeTask.length);
    const [first] = turns;
    for (const [at, turn] of turns.entries()) {
      const messages = messagesOf(turn);
      const before = at === 0 ? [] : messagesOf(turns[at - 1] ?? turn);
      expect(messages.slice(0, before.length)).toEqual(before);
      expect(turn.toolUse).toEqual(first?.toolUse);
      // The turns that came meanwhile: the call, and its result.
      if (at > 0) {
        expect(messages.slice(before.length)).toMatchObject([
          { role: 'assistant', toolCalls: [{ argumentsText: expect.stringContaining('greeting.txt') }] },
          { role: 'tool' },
        ]);
      }
    }
  });
});

/** Only who asks for the usage gets it as a chunk. */
function toChatEnd(request: CleanRequest | undefined): string[] {
  return request?.body?.['stream_options'] === undefined ? ['[DONE]'] : ['usage', '[DONE]'];
}

function hasTools({ toolUse }: GenerationRequest): boolean {
  return toolUse !== undefined;
}

function send(app: TestApp, { method, path, headers }: CleanRequest, body: object | undefined) {
  const own = Object.entries(headers).map(([name, value]) => [name, value.replace('KEY', app.key)]);
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(app.url + path, { method, headers: Object.fromEntries(own), ...sent });
}
