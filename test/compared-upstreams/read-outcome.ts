import { tryParseJson } from '../../src/json/try-parse-json.ts';

/** What is compared of an answer: ids, times and names of builds are left out. */
export interface Outcome {
  readonly status: number;
  /** Of each choice. */
  readonly texts?: readonly string[];
  /** Name and arguments, as JSON without spaces. */
  readonly calls?: readonly string[];
  readonly finishes?: readonly (string | null)[];
  /** Of the prompt and of the answer. */
  readonly usage?: readonly [number, number];
  /** Tokens with log-probabilities. */
  readonly logprobs?: number;
  /** A stream that ended without `[DONE]`, or had an error. */
  readonly isBroken?: true;
}

/** Reads an answer, whole or as a stream, to its end. */
export async function readOutcome(answer: Response): Promise<Outcome> {
  const text = await answer.text().catch(() => '');
  const { status } = answer;
  if (status !== 200) return { status };
  const isStream = (answer.headers.get('content-type') ?? '').includes('event-stream');
  const events = isStream ? [...text.matchAll(/^data: ?(.*)$/gm)].map(([, event = '']) => event) : [text];
  const parts = events.filter((event) => event !== '[DONE]').map((event): WireAnswer => JSON.parse(event));
  const isBroken = (isStream && events.at(-1) !== '[DONE]') || parts.some(({ error }) => error !== undefined);
  return { status, ...foldParts(parts), ...(isBroken ? { isBroken } : {}) };
}

interface WireAnswer {
  readonly error?: unknown;
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly choices?: readonly WireChoice[];
}

interface WireChoice {
  readonly index?: number;
  readonly text?: string | null;
  readonly message?: WireMessage;
  readonly delta?: WireMessage;
  readonly finish_reason?: string | null;
  readonly logprobs?: {
    readonly content?: readonly unknown[] | null;
    readonly tokens?: readonly unknown[] | null;
  } | null;
}

interface WireMessage {
  readonly content?: string | null;
  readonly tool_calls?: readonly WireCall[] | null;
}

interface WireCall {
  readonly index?: number;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
}

function foldParts(parts: readonly WireAnswer[]): Omit<Outcome, 'status'> {
  const texts: string[] = [];
  const finishes: (string | null)[] = [];
  const calls: [name: string, text: string][] = [];
  let usage: Outcome['usage'];
  let logprobs = 0;
  for (const { choices = [], usage: told } of parts) {
    if (told) usage = [told.prompt_tokens ?? 0, told.completion_tokens ?? 0];
    for (const choice of choices) {
      const index = choice.index ?? 0;
      const said = choice.message ?? choice.delta;
      texts[index] = `${texts[index] ?? ''}${choice.text ?? said?.content ?? ''}`;
      finishes[index] = choice.finish_reason ?? finishes[index] ?? null;
      logprobs += choice.logprobs?.content?.length ?? choice.logprobs?.tokens?.length ?? 0;
      for (const [place, call] of (said?.tool_calls ?? []).entries())
        addCall(calls, call.index ?? place, call);
    }
  }
  return {
    texts,
    finishes,
    ...(calls.length === 0 ? {} : { calls: calls.map(([name, text]) => `${name}(${toPlainJson(text)})`) }),
    ...(usage === undefined ? {} : { usage }),
    ...(logprobs === 0 ? {} : { logprobs }),
  };
}

function addCall(calls: [string, string][], index: number, { function: made }: WireCall): void {
  const [name, text] = calls[index] ?? ['', ''];
  calls[index] = [name + (made?.name ?? ''), text + (made?.arguments ?? '')];
}

function toPlainJson(text: string): string {
  const value = tryParseJson(text);
  return value === undefined ? text : JSON.stringify(value);
}
