import { chatBody, postChat, toEventTexts } from '../http/requests.ts';
import type { TestApp } from '../start-test-app.ts';

/** What a client sees of one answer. */
export interface SeenAnswer {
  readonly status: number;
  readonly text?: string;
  /** Name and arguments of each call. */
  readonly calls?: readonly string[];
  readonly finish?: string;
  readonly usage?: readonly [prompt: number, completion: number];
  /** Type, code and message. */
  readonly error?: readonly [type: unknown, code: unknown, message: unknown];
  readonly retryAfter?: string;
  /** A stream that ended without `[DONE]`. */
  readonly isCut?: true;
}

/** Asks the app as a client does, and reads to the end. */
export async function askThrough(app: TestApp, model: string, isStreamed: boolean): Promise<SeenAnswer> {
  const more = isStreamed ? { stream: true, stream_options: { include_usage: true } } : {};
  const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
  // An upstream that calls a tool was asked for it.
  const asked = /\bcalls\b/.test(model) ? { ...more, tools } : more;
  const answer = await postChat(app, chatBody(model, asked));
  if (answer.status !== 200 || !isStreamed) return readPlain(answer);
  return readStream(answer);
}

async function readPlain(answer: Response): Promise<SeenAnswer> {
  const body: WireBody = JSON.parse(await answer.text());
  const { status } = answer;
  const retryAfter = answer.headers.get('retry-after');
  if (body.error !== undefined) {
    return { status, error: toError(body.error), ...(retryAfter === null ? {} : { retryAfter }) };
  }
  const seen = createSeen();
  seen.add(body, 'message');
  return { status, ...seen.get() };
}

async function readStream(answer: Response): Promise<SeenAnswer> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const bytes of answer.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    // A stream that broke is cut off.
  }
  const values = toEventTexts(text);
  const isDone = values.at(-1) === '[DONE]';
  const bodies = values.filter((value) => value !== '[DONE]').map((value): WireBody => JSON.parse(value));
  const seen = createSeen();
  for (const body of bodies) seen.add(body, 'delta');
  const failed = bodies.find(({ error }) => error !== undefined)?.error;
  return {
    status: answer.status,
    ...seen.get(),
    ...(failed === undefined ? {} : { error: toError(failed) }),
    ...(isDone ? {} : { isCut: true }),
  };
}

/** Puts an answer together, whole or from chunks. */
function createSeen() {
  let text = '';
  const calls: string[] = [];
  let finish: string | undefined;
  let usage: readonly [number, number] | undefined;
  return {
    add: ({ choices = [], usage: counts }: WireBody, name: 'message' | 'delta') => {
      for (const { [name]: said, finish_reason: reason } of choices) {
        text += said?.content ?? '';
        for (const { index = calls.length, function: made } of said?.tool_calls ?? []) {
          calls[index] = `${calls[index] ?? ''}${made.name ?? ''}${made.arguments ?? ''}`;
        }
        finish = reason ?? finish;
      }
      if (counts) usage = [counts.prompt_tokens, counts.completion_tokens];
    },
    get: () => ({
      ...(text === '' ? {} : { text }),
      ...(calls.length === 0 ? {} : { calls }),
      ...(finish === undefined ? {} : { finish }),
      ...(usage === undefined ? {} : { usage }),
    }),
  };
}

function toError({ type, code, message }: WireError): NonNullable<SeenAnswer['error']> {
  return [type, code, message];
}

/** What is looked at of our own wire, whose form other tests check. */
interface WireBody {
  readonly choices?: readonly WireChoice[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly error?: WireError;
}

interface WireChoice {
  readonly message?: WireMessage;
  readonly delta?: WireMessage;
  readonly finish_reason: string | null;
}

interface WireMessage {
  readonly content?: string | null;
  readonly tool_calls?: readonly WireCall[];
}

interface WireCall {
  readonly index?: number;
  readonly function: { readonly name?: string; readonly arguments?: string };
}

interface WireError {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}
