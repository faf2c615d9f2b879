import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  chunk,
  completion,
  done,
  events,
  finishChunk,
  jsonHead,
  roleChunk,
  sseHead,
} from '../upstream/answer-texts.ts';
import { type Behaviour, type FaultyUpstream, startFaultyUpstream } from '../upstream/faulty-upstream.ts';

const toolCall = {
  id: 'call_1',
  type: 'function',
  function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
};

/** Answers of 1 to 64 words, tool calls and embeddings, with the tokens that it says it counted. */
const answer: Behaviour = async ({ path, isStreamed, body, response }) => {
  if (path.endsWith('/embeddings')) {
    response.writeHead(200, jsonHead);
    const one = { object: 'embedding', index: 0, embedding: [0.6, 0.8] };
    response.end(
      JSON.stringify({
        object: 'list',
        data: [one],
        model: 'far',
        usage: { prompt_tokens: 5, total_tokens: 5 },
      }),
    );
    return;
  }
  const words = 1 + Math.floor(Math.random() * 64);
  const usage = { prompt_tokens: 20, completion_tokens: words, total_tokens: 20 + words };
  const hasTools = body['tools'] !== undefined;
  if (!isStreamed) {
    response.writeHead(200, jsonHead);
    const message = hasTools ? { content: null, tool_calls: [toolCall] } : { content: 'word '.repeat(words) };
    response.end(JSON.stringify(completion(message, { usage })));
    return;
  }
  response.writeHead(200, sseHead);
  response.write(events(roleChunk));
  for (let word = 0; word < words && !response.destroyed; word += 1) {
    response.write(events(chunk({ delta: { content: 'word ' } })));
    await nextTurn();
  }
  response.end(events(finishChunk, chunk(undefined, { usage })) + done);
};

export function startSoakUpstream(): Promise<FaultyUpstream> {
  return startFaultyUpstream({
    behaviours: { far: answer },
    pages: { '/v1/models': { object: 'list', data: [{ id: 'far', object: 'model', max_model_len: 8192 }] } },
  });
}
