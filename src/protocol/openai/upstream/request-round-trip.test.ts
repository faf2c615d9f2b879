// What we send to another Gravix is what was asked of us: a request, written in the dialect of Gravix and read again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryRequest } from '../../../../test/http/arbitrary-request.ts';
import type { GenerationRequest } from '../../../backend/generation-request.ts';
import { parseJson } from '../../../json/parse-json.ts';
import { writeJson } from '../../../json/write-json.ts';
import { applyModelDefaults } from '../../../service/chat/apply-model-defaults.ts';
import { parseChatCompletionRequest } from '../chat/parse-chat-completion-request.ts';
import { toGenerationRequest } from '../chat/to-generation-request.ts';
import { parseCompletionRequest } from '../completions/parse-completion-request.ts';
import { toCompletionGenerations } from '../completions/to-completion-generations.ts';
import { RequestError } from '../shared/error.ts';
import { dialects } from './dialects.ts';
import {
  toUpstreamChatRequest,
  toUpstreamCompletionRequest,
  type UpstreamRequestForm,
} from './to-upstream-request.ts';

function readChat(body: unknown): GenerationRequest {
  const { request, requestedFormat, requestedTools } = parseChatCompletionRequest(body, { strict: false });
  const requested = toGenerationRequest(request, 'a', requestedFormat?.format, requestedTools?.toolUse);
  return applyModelDefaults(requested);
}

function readCompletion(body: unknown): GenerationRequest {
  const { request, prompts, requestedFormat } = parseCompletionRequest(body, { strict: true });
  return applyModelDefaults(
    toCompletionGenerations(request, prompts, 'a', requestedFormat?.format).generation,
  );
}

/** What is asked of the model. How the answer is sent is the form's matter; no bias is the same as an empty one. */
function toMeaning({ reportsUsage: _reportsUsage, openSampling, ...request }: GenerationRequest) {
  const open = [...(openSampling ?? [])].filter((name) => name !== 'logitBias');
  return { ...request, open };
}

const form: UpstreamRequestForm = {
  model: 'm',
  isStreamed: false,
  choiceCount: 1,
  dialect: dialects.gravix,
  passParameters: [],
};

function send(body: unknown): unknown {
  return parseJson(writeJson(body));
}

describe('a request that another Gravix reads is the one that was sent', () => {
  test('of a conversation', () => {
    fc.assert(
      fc.property(arbitraryRequest, fc.boolean(), (body, isStreamed) => {
        const asked = tryToRead(send(body));
        fc.pre(asked !== undefined);
        const sent = toUpstreamChatRequest(asked, { ...form, isStreamed });
        expect(toMeaning(readChat(send(sent)))).toStrictEqual(toMeaning(asked));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    {
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b', prefix: true },
      ],
    },
    { prediction: { type: 'content', content: 'likely' } },
    { seed: '9007199254740993' },
    { min_tokens: 3 },
    { ignore_eos: true },
    { repetition_stop: false },
    { user: 'someone' },
    { max_tokens: 12, logprobs: true },
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning: 'hm',
          tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: 'c' },
      ],
    },
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
      ],
    },
    { response_format: { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema: {} } } },
  ])('of the conversation %j', (fields) => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'a' }], ...fields };
    const asked = readChat(parseJson(JSON.stringify(body).replace('"9007199254740993"', '9007199254740993')));
    expect(toMeaning(readChat(send(toUpstreamChatRequest(asked, form))))).toStrictEqual(toMeaning(asked));
  });

  test.each([
    { prompt: 'a' },
    { prompt: 'a', suffix: 'b', max_tokens: 3 },
    { prompt: 'a', echo: true, logprobs: 2, max_tokens: 0 },
    { prompt: [1, 2, 3], echo: true },
    { prompt: '', stop: ['x'], temperature: 0.5, top_k: 7, min_p: 0.1, repeat_penalty: 1.1, seed: -4 },
    { prompt: 'a', stop_token_ids: [4], min_tokens: 2, logit_bias: { 7: -1 } },
    { prompt: 'a', guided_choice: ['x', 'y'] },
  ])('of the text %j', (fields) => {
    const asked = readCompletion({ model: 'm', ...fields });
    expect(toMeaning(readCompletion(send(toUpstreamCompletionRequest(asked, form))))).toStrictEqual(
      toMeaning(asked),
    );
  });
});

function tryToRead(body: unknown): GenerationRequest | undefined {
  try {
    return readChat(body);
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}
