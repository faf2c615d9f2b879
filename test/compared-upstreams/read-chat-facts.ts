import { type AnswerFacts, toFacts, toPlainJson } from './outcome.ts';

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

/** Of chat completions, text completions and embeddings. */
export function readChatFacts(parts: readonly unknown[], isDone: boolean): AnswerFacts {
  const texts: string[] = [];
  const finishes: (string | null)[] = [];
  const calls: [name: string, text: string][] = [];
  let usage: AnswerFacts['usage'];
  let logprobs = 0;
  let hasFailed = false;
  for (const { choices = [], usage: told, error } of parts as readonly WireAnswer[]) {
    if (error !== undefined) hasFailed = true;
    if (told) usage = [told.prompt_tokens ?? 0, told.completion_tokens ?? 0];
    for (const choice of choices) {
      const index = choice.index ?? 0;
      const said = choice.message ?? choice.delta;
      texts[index] = `${texts[index] ?? ''}${choice.text ?? said?.content ?? ''}`;
      finishes[index] = choice.finish_reason ?? finishes[index] ?? null;
      logprobs += choice.logprobs?.content?.length ?? choice.logprobs?.tokens?.length ?? 0;
      for (const [place, call] of (said?.tool_calls ?? []).entries()) {
        addCall(calls, call.index ?? place, call);
      }
    }
  }
  return toFacts({
    texts,
    finishes,
    calls: calls.map(([name, text]) => `${name}(${toPlainJson(text)})`),
    ...(usage && { usage }),
    logprobs,
    ...(isDone && !hasFailed ? {} : { isBroken: true }),
  });
}

function addCall(calls: [string, string][], index: number, { function: made }: WireCall): void {
  const [name, text] = calls[index] ?? ['', ''];
  calls[index] = [name + (made?.name ?? ''), text + (made?.arguments ?? '')];
}
