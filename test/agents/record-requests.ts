import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request as sendRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../listen-on-loopback.ts';

/** One request of a client, with its answer. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly status: number;
  readonly answerHeaders: IncomingHttpHeaders;
  readonly answer: string;
}

export interface RequestRecorder {
  readonly url: string;
  /** In the order in which they came, those that were answered. */
  requests(): readonly RecordedRequest[];
  close(): Promise<void>;
}

/** A server that passes each request on to another one, and keeps what both said. */
export async function recordRequests(port: number): Promise<RequestRecorder> {
  const requests: (RecordedRequest | undefined)[] = [];
  const server = createServer(async (asked, answer) => {
    const place = requests.push(undefined) - 1;
    const { method = '', url: path = '', headers } = asked;
    const body = await buffer(asked);
    const passed = sendRequest({ host: '127.0.0.1', port, method, path, headers });
    passed.end(body);
    const [answered] = await once(passed, 'response');
    answer.writeHead(answered.statusCode, answered.headers);
    let answerText = '';
    answered.setEncoding('utf8');
    try {
      for await (const piece of answered) {
        answerText += piece;
        answer.write(piece);
      }
      answer.end();
    } catch {
      // The server broke its answer off, and the client sees that.
      answer.destroy();
    }
    requests[place] = {
      method,
      path,
      headers,
      body: body.toString(),
      status: answered.statusCode,
      answerHeaders: answered.headers,
      answer: answerText,
    };
  });
  const { port: ownPort, close } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${ownPort}`,
    requests: () => requests.filter((request) => request !== undefined),
    close,
  };
}
