import { onTestFinished } from 'vitest';
import { chunk, completion, done, events, finishChunk, jsonHead, sseHead } from './upstream/answer-texts.ts';
import { type Behaviour, startFaultyUpstream, type Turn } from './upstream/faulty-upstream.ts';

export interface ScriptedOpenAiOptions {
  /** The models that it lists and that answer. */
  readonly models?: readonly string[];
  /** The text of its answers. */
  readonly text?: string;
  /** Streams pause before their end until it resolves. */
  readonly untilEnd?: Promise<void>;
}

/** A small server of OpenAI's API on loopback, which says what it is told to. It ends with the test. */
export interface ScriptedOpenAiServer {
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  /** The requests for answers. */
  readonly asks: readonly Turn[];
  close(): Promise<void>;
}

const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

export async function startScriptedOpenAiServer(
  options: ScriptedOpenAiOptions = {},
): Promise<ScriptedOpenAiServer> {
  const { models = ['m'], text = 'Hello', untilEnd } = options;
  const asks: Turn[] = [];
  const answer: Behaviour = async (turn) => {
    const { path, isStreamed, response } = turn;
    // Probes also ask for what other servers have.
    if (!path.startsWith('/v1/')) {
      response.writeHead(404, jsonHead);
      response.end('{"error":{"message":"No."}}');
      return;
    }
    asks.push(turn);
    response.writeHead(200, isStreamed ? sseHead : jsonHead);
    if (!isStreamed) {
      response.end(JSON.stringify(completion({ content: text }, { usage })));
      return;
    }
    response.write(events(chunk({ delta: { role: 'assistant', content: text } })));
    await untilEnd;
    response.end(events(finishChunk, chunk(undefined, { usage })) + done);
  };
  const list = models.map((id) => ({ id, object: 'model', owned_by: 'scripted', max_model_len: 4096 }));
  const { baseUrl, close } = await startFaultyUpstream({
    behaviours: Object.fromEntries(models.map((model) => [model, answer])),
    pages: { '/v1/models': { object: 'list', data: list } },
  });
  onTestFinished(close);
  return { baseUrl: baseUrl.href, asks, close };
}
