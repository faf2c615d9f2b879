import http from 'node:http';

/** A server that speaks OpenAI's chat completions. */
export interface Target {
  readonly name: string;
  /** Such as `http://127.0.0.1:4728/v1`. */
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

export interface StreamRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly maxTokens: number;
  /** More members of the body. */
  readonly fields?: object;
  readonly signal?: AbortSignal;
}

export interface StreamTimes {
  /** From sending the request to the first text, in milliseconds. */
  readonly firstMs: number;
  readonly totalMs: number;
  /** From the first chunk, with which the prompt's evaluation begins, to the one that has the finish reason. */
  readonly servedMs: number;
  /** Pauses between two texts, in milliseconds. */
  readonly gapsMs: readonly number[];
  readonly completionTokens: number;
  /** Drafted tokens. 0 if the server does not report them. */
  readonly acceptedTokens: number;
  readonly rejectedTokens: number;
  readonly text: string;
}

/**
 * One streamed completion on a separate connection, timed by its client. Temperature 0 unless its fields set
 * another.
 */
export function streamChat(target: Target, request: StreamRequest): Promise<StreamTimes> {
  const url = new URL(`${target.baseUrl}/chat/completions`);
  const body = JSON.stringify({
    model: target.model,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0,
    max_tokens: request.maxTokens,
    messages: request.messages,
    ...request.fields,
  });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${target.key}` };
  const startedAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const { signal } = request;
    const outgoing = http.request(url, {
      method: 'POST',
      agent: false,
      headers,
      ...(signal ? { signal } : {}),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const reading = createReading(startedAtMs);
      response.setEncoding('utf8').on('data', (part: string) => reading.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const times = reading.end();
        if (response.statusCode === 200 && times.completionTokens > 0) {
          resolve(times);
        } else {
          reject(
            new Error(`${target.name}: status ${response.statusCode}, ${times.completionTokens} tokens`),
          );
        }
      });
    });
    outgoing.end(body);
  });
}

interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly completion_tokens: number;
    readonly completion_tokens_details?: {
      readonly accepted_prediction_tokens?: number;
      readonly rejected_prediction_tokens?: number;
    };
  } | null;
  readonly error?: unknown;
}

function createReading(startedAtMs: number) {
  let rest = '';
  let text = '';
  let lastMs: number | undefined;
  let firstMs = Number.NaN;
  let acceptedAtMs: number | undefined;
  let servedMs = Number.NaN;
  let completionTokens = 0;
  let acceptedTokens = 0;
  let rejectedTokens = 0;
  const gapsMs: number[] = [];
  const read = (chunk: Chunk, nowMs: number) => {
    completionTokens = chunk.usage?.completion_tokens ?? completionTokens;
    const details = chunk.usage?.completion_tokens_details;
    acceptedTokens = details?.accepted_prediction_tokens ?? acceptedTokens;
    rejectedTokens = details?.rejected_prediction_tokens ?? rejectedTokens;
    acceptedAtMs ??= nowMs;
    if (chunk.choices?.[0]?.finish_reason) servedMs = nowMs - acceptedAtMs;
    const content = chunk.choices?.[0]?.delta?.content;
    if (content) {
      text += content;
      if (lastMs === undefined) {
        firstMs = nowMs - startedAtMs;
      } else {
        gapsMs.push(nowMs - lastMs);
      }
      lastMs = nowMs;
    }
  };
  return {
    push: (part: string) => {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: {')) {
          read(JSON.parse(line.slice(6)) as Chunk, performance.now());
        }
      }
    },
    end: (): StreamTimes => ({
      firstMs,
      totalMs: performance.now() - startedAtMs,
      servedMs,
      gapsMs,
      completionTokens,
      acceptedTokens,
      rejectedTokens,
      text,
    }),
  };
}
