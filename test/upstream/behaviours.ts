import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  allChunks,
  chunk,
  completion,
  done,
  events,
  finishChunk,
  jsonHead,
  pieces,
  roleChunk,
  sseHead,
  textChunks,
  usage,
  usageChunk,
  wholeBody,
  wholeEvents,
  wholeHead,
  wholeText,
  writeAlone,
} from './answer-texts.ts';
import type { Behaviour, Turn } from './faulty-upstream.ts';

const errorBody = (message: string, more: object = {}) => ({
  error: { message, type: 'server_error', param: null, code: null, ...more },
});

/** Sends events to a request for a stream, and an object to any other. */
function say(chunks: readonly object[], message: object = {}, more: object = {}): Behaviour {
  return ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(isStreamed ? events(...chunks) + done : JSON.stringify(completion(message, more)));
  };
}

/** Sends these bytes, each a packet of its own. */
function sayBytes(toParts: (text: string) => readonly (string | Uint8Array)[]): Behaviour {
  return async ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    for (const part of toParts(wholeBody(isStreamed))) await writeAlone(response, part);
    response.end();
  };
}

/** Breaks off behind the first pieces of a stream, or in the middle of an object. */
function begin(isStreamed: boolean): string {
  return isStreamed ? events(roleChunk, ...textChunks.slice(0, 2)) : wholeText.slice(0, 60);
}

/** A whole answer to HTTP itself. */
function sayRaw(toHead: (bodyBytes: number) => readonly string[], end = ''): Behaviour {
  return ({ isStreamed, response: { socket } }) => {
    const body = wholeBody(isStreamed);
    const type = `content-type: ${wholeHead(isStreamed)['content-type']}`;
    socket?.end(`${[...toHead(Buffer.byteLength(body)), type].join('\r\n')}\r\n\r\n${body}${end}`);
  };
}

/** Nobody reads as much. */
const floodBytes = 1024 ** 3;

/** Writes the same bytes until nobody reads them anymore. */
async function flood({ response }: Turn, bytes: Uint8Array): Promise<void> {
  const closed = new Promise((resolve) => response.once('close', resolve));
  for (let sent = 0; sent < floodBytes && !response.destroyed; sent += bytes.length) {
    if (response.write(bytes)) continue;
    const drained = new Promise((resolve) => response.once('drain', resolve));
    await Promise.race([drained, closed]);
  }
}

function status(
  code: number,
  message: string,
  more: object = {},
  headers: Record<string, string> = {},
): Behaviour {
  return ({ response }) => {
    response.writeHead(code, { ...jsonHead, ...headers });
    response.end(JSON.stringify(errorBody(message, more)));
  };
}

const call = (more: object) => ({ type: 'function', ...more });
const argumentsText = '{"city":"Oslo"}';
const wholeCall = call({ function: { name: 'weather', arguments: argumentsText } });
const endOfCalls = chunk({ delta: {}, finish_reason: 'tool_calls' });
const callMessage = (calls: readonly object[]) => ({
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, tool_calls: calls },
      finish_reason: 'tool_calls',
    },
  ],
});

/** Ways to answer well in unusual forms. */
export const unusualBehaviours: Readonly<Record<string, Behaviour>> = {
  fast: say(allChunks),
  paced: sayBytes((text) => text.split(/(?<=\n\n)/)),
  slow: async (turn) => {
    await sleep(150);
    await say(allChunks)(turn);
  },
  'one packet': sayBytes((text) => [text]),
  'ten packets': sayBytes((text) => Array.from({ length: 10 }, (_, index) => cut(text, index, 10))),
  'cut characters': sayBytes((text) => {
    const bytes = Buffer.from(text);
    const middle = bytes.indexOf(Buffer.from('ö')) + 1;
    return [bytes.subarray(0, middle), bytes.subarray(middle)];
  }),
  'byte order mark': sayBytes((text) => [`\uFEFF${text}`]),
  'CR LF': sayBytes((text) => [text.replaceAll('\n', '\r\n')]),
  CR: sayBytes((text) => [text.replaceAll('\n', '\r')]),
  'spaces behind the done': sayBytes((text) => [text.replace('[DONE]', '[DONE] \t')]),
  'no space': sayBytes((text) => [text.replaceAll('data: ', 'data:')]),
  comments: sayBytes((text) => [text.replaceAll('data: {', ': ping\n\nevent: chunk\nid: 1\ndata: {')]),
  'another type': ({ isStreamed, response }) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.end(wholeBody(isStreamed));
  },
  'no type': ({ isStreamed, response }) => {
    response.writeHead(200);
    response.end(wholeBody(isStreamed));
  },
  'an object for a stream': ({ response }) => {
    response.writeHead(200, jsonHead);
    response.end(wholeText);
  },
  'a stream for an object': ({ response }) => {
    response.writeHead(200, sseHead);
    response.end(wholeEvents);
  },
  'no done': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(isStreamed ? events(...allChunks) : wholeText);
  },
  'no empty line': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(isStreamed ? events(...allChunks).trimEnd() : wholeText);
  },
  'cut behind the finish': async ({ isStreamed, response }) => {
    response.writeHead(200, { ...wholeHead(isStreamed), 'content-length': '100000' });
    await writeAlone(response, isStreamed ? events(...allChunks) : `${wholeText}${' '.repeat(99_000)}`);
    if (isStreamed) response.destroy();
    else response.end(' '.repeat(100_000 - 99_000 - Buffer.byteLength(wholeText)));
  },
  'silence behind the finish': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    if (isStreamed) response.write(events(...allChunks));
    else response.end(wholeText);
  },
  'silence behind the done': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    if (isStreamed) response.write(wholeEvents);
    else response.end(wholeText);
  },
  'garbage behind the done': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(
      isStreamed ? `${wholeEvents}data: {not json\n\ndata: ${wholeText}\n\n\u0000` : `${wholeText}\n\n`,
    );
  },
  'usage in the finish': say([
    roleChunk,
    ...textChunks,
    chunk({ delta: {}, finish_reason: 'stop' }, { usage }),
  ]),
  'empty choices': say([
    chunk(undefined, { prompt_filter_results: [] }),
    roleChunk,
    chunk(undefined),
    ...textChunks,
    finishChunk,
    usageChunk,
  ]),
  'null content': say([
    chunk({ delta: { role: 'assistant', content: null } }),
    ...textChunks,
    chunk({ delta: { content: null, tool_calls: null }, finish_reason: 'stop' }),
    usageChunk,
  ]),
  'no usage': say([roleChunk, ...textChunks, finishChunk], {}, { usage: undefined }),
  'lying usage': say(
    [
      roleChunk,
      ...textChunks,
      finishChunk,
      chunk(undefined, { usage: { prompt_tokens: 1e9, completion_tokens: -5, total_tokens: 3 } }),
    ],
    {},
    { usage: { prompt_tokens: 1e9, completion_tokens: -5, total_tokens: 3 } },
  ),
  'calls without ids': say(
    [roleChunk, chunk({ delta: { tool_calls: [{ index: 0, ...wholeCall }] } }), endOfCalls, usageChunk],
    {},
    callMessage([wholeCall]),
  ),
  'calls in pieces': say(
    [
      roleChunk,
      chunk({
        delta: {
          tool_calls: [{ index: 0, id: 'c1', ...call({ function: { name: 'weather', arguments: '' } }) }],
        },
      }),
      ...argumentsText
        .split(/(?<=:)/)
        .map((text) => chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: text } }] } })),
      endOfCalls,
      usageChunk,
    ],
    {},
    callMessage([{ id: 'c1', ...wholeCall }]),
  ),
  informational: ({ isStreamed, response }) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    response.writeProcessing();
    response.writeHead(200, wholeHead(isStreamed));
    response.end(wholeBody(isStreamed));
  },
  'connection: close': ({ isStreamed, response }) => {
    response.writeHead(200, { ...wholeHead(isStreamed), connection: 'close' });
    response.end(wholeBody(isStreamed));
  },
  'HTTP/1.0': sayRaw(() => ['HTTP/1.0 200 OK']),
};

/** Ways to fail. */
export const faultyBehaviours: Readonly<Record<string, Behaviour>> = {
  hang: () => undefined,
  stall: ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.write(begin(isStreamed));
  },
  cut: async ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    await writeAlone(response, begin(isStreamed), 20);
    response.destroy();
  },
  'cut before': ({ response }) => {
    response.destroy();
  },
  'cut behind the head': async ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.flushHeaders();
    await sleep(10);
    response.destroy();
  },
  'an end in the middle': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(begin(isStreamed));
  },
  'chunks without an end': ({ isStreamed, response: { socket } }) => {
    const body = begin(isStreamed);
    const type = wholeHead(isStreamed)['content-type'];
    socket?.end(
      `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`,
    );
  },
  'a length that is too long': ({ isStreamed, response: { socket } }) => {
    const type = wholeHead(isStreamed)['content-type'];
    socket?.end(
      `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: 5000\r\n\r\n${begin(isStreamed)}`,
    );
  },
  garble: ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end(
      `${begin(isStreamed)}${isStreamed ? 'data: {not json\n\n' : '{not json'}${wholeBody(isStreamed)}`,
    );
  },
  'an error in the middle': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    const failure = errorBody('secret failure at 10.0.0.1');
    response.end(isStreamed ? begin(true) + events(failure) : JSON.stringify(failure));
  },
  'an error in a 200': ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    const failure = errorBody('secret failure at 10.0.0.1');
    response.end(isStreamed ? events(failure) + done : JSON.stringify(failure));
  },
  'a web page': ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>oops</html>');
  },
  'another object': ({ response }) => {
    response.writeHead(200, jsonHead);
    response.end('{"status":"ok"}');
  },
  'a list': ({ response }) => {
    response.writeHead(200, jsonHead);
    response.end('[]');
  },
  nothing: ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    response.end();
  },
  'no content': ({ response }) => {
    response.writeHead(204);
    response.end();
  },
  gzip: ({ isStreamed, response }) => {
    response.writeHead(200, { ...wholeHead(isStreamed), 'content-encoding': 'gzip' });
    response.end(gzipSync(wholeBody(isStreamed)));
  },
  redirect: ({ response, baseUrl }) => {
    response.writeHead(307, { location: `${baseUrl}/elsewhere` });
    response.end();
  },
  'no HTTP': ({ response: { socket } }) => {
    socket?.end('SSH-2.0-OpenSSH_9.6\r\n');
  },
  'endless headers': async ({ response: { socket } }) => {
    socket?.write('HTTP/1.1 200 OK\r\n');
    const lines = `${`x-filler: ${'y'.repeat(1000)}\r\n`.repeat(10)}`;
    for (let sent = 0; sent < 1000 && socket?.destroyed === false; sent += 1) {
      socket.write(lines);
      await sleep(0);
    }
  },
  'endless hints': async ({ response: { socket } }) => {
    for (let sent = 0; sent < 1000 && socket?.destroyed === false; sent += 1) {
      socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10));
      await sleep(0);
    }
  },
  'endless line': async (turn) => {
    turn.response.writeHead(200, wholeHead(turn.isStreamed));
    turn.response.write(turn.isStreamed ? 'data: {"x":"' : '{"x":"');
    await flood(turn, Buffer.alloc(1024 * 1024, 'x'));
  },
  'endless events': async (turn) => {
    turn.response.writeHead(200, wholeHead(turn.isStreamed));
    if (turn.isStreamed) turn.response.write(events(roleChunk));
    const filler = turn.isStreamed ? `: ${'x'.repeat(1000)}\n`.repeat(1000) : ' '.repeat(1_000_000);
    await flood(turn, Buffer.from(filler));
  },
  'an endless refusal': async (turn) => {
    turn.response.writeHead(400, jsonHead);
    await flood(turn, Buffer.alloc(1024 * 1024, 'x'));
  },
  drip: async ({ isStreamed, response }) => {
    response.writeHead(200, wholeHead(isStreamed));
    for (const letter of wholeBody(isStreamed)) {
      if (response.destroyed) return;
      await writeAlone(response, letter, 20);
    }
  },
  'status 400': status(400, 'temperature must be non-negative, got -5.0', {
    type: 'BadRequestError',
    code: 400,
  }),
  'status 401': status(401, 'Incorrect API key provided: sk-secret.', { code: 'invalid_api_key' }),
  'status 402': status(402, 'Payment required.'),
  'status 403': status(403, 'Forbidden.'),
  'status 404': status(404, 'The model `up` does not exist.'),
  'status 408': status(408, 'Too slow.'),
  'status 429': status(429, 'Slow down.', {}, { 'retry-after': '2' }),
  'status 500': status(500, 'secret stack at /srv/app.py'),
  'status 502': status(502, 'Bad gateway.'),
  'status 503': status(503, 'Unavailable.', {}, { 'retry-after': '2' }),
  'status 504': status(504, 'Gateway timeout.'),
  overflow: status(
    400,
    "This model's maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=2049)",
    { type: 'BadRequestError', param: 'input_tokens', code: 400 },
  ),
};

function cut(text: string, index: number, parts: number): string {
  const length = Math.ceil(text.length / parts);
  return text.slice(index * length, (index + 1) * length);
}

/** The words of the whole answer. */
export const wholeWords = pieces.join('');
