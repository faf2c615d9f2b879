import { type AnswerFacts, toFacts, toPlainJson } from './outcome.ts';

interface WireResponse {
  readonly status?: string;
  readonly incomplete_details?: { readonly reason?: string } | null;
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number } | null;
  readonly output?: readonly WireItem[];
}

interface WireItem {
  readonly type?: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly content?: readonly { readonly type?: string; readonly text?: string }[];
}

interface WireEvent extends WireResponse {
  readonly type?: string;
  readonly delta?: unknown;
  readonly response?: WireResponse;
}

const lastTypes: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete']);

/** A stream is whole if its deltas make the text of the response at its end. */
export function readResponseFacts(parts: readonly unknown[], isStream: boolean): AnswerFacts {
  const events = parts as readonly WireEvent[];
  const last = events.at(-1);
  const response = isStream ? last?.response : last;
  const { output = [], status = '', incomplete_details: details, usage } = response ?? {};
  const text = output.map(toText).join('');
  const streamed = events.map(({ type, delta }) => (type === textDelta ? String(delta) : '')).join('');
  const isWhole = !isStream || (lastTypes.has(last?.type) && streamed === text);
  return toFacts({
    texts: [text],
    finishes: [details?.reason === undefined ? status : `${status}: ${details.reason}`],
    calls: output.flatMap(({ type, name, arguments: made }) =>
      type === 'function_call' ? [`${name}(${toPlainJson(made ?? '')})`] : [],
    ),
    ...(usage ? { usage: [usage.input_tokens ?? 0, usage.output_tokens ?? 0] } : {}),
    ...(isWhole ? {} : { isBroken: true }),
  });
}

const textDelta = 'response.output_text.delta';

function toText({ content = [] }: WireItem): string {
  return content.map(({ type, text = '' }) => (type === 'output_text' ? text : '')).join('');
}
