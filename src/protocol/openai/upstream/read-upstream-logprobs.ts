import type { EchoedToken, RankedToken, TokenLogprob } from '../../../backend/generation-event.ts';
import { logprobMin } from '../chat/choice-logprobs.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { answerLogprobsMax } from './answer-limits.ts';
import { asText } from './read-answer-parts.ts';
import { UpstreamFormatError } from './upstream-error.ts';

/** The tokens of a chat choice's `logprobs`. At most `topMax` alternatives of each. */
export function readChatLogprobs(logprobs: unknown, topMax: number): readonly TokenLogprob[] {
  if (!isJsonObject(logprobs)) return [];
  const { content, refusal } = logprobs;
  const entries = toEntries(content).length > 0 ? toEntries(content) : toEntries(refusal);
  return entries.flatMap((entry) => (isJsonObject(entry) ? [toTokenLogprob(entry, topMax)] : []));
}

function toEntries(list: unknown): readonly unknown[] {
  if (!Array.isArray(list)) return [];
  assertLength(list);
  return list;
}

function assertLength({ length }: readonly unknown[]): void {
  if (length <= answerLogprobsMax) return;
  throw new UpstreamFormatError(
    `A choice has the log-probabilities of more than ${answerLogprobsMax} tokens.`,
  );
}

function toTokenLogprob(entry: JsonObject, topMax: number): TokenLogprob {
  const { top_logprobs: top } = entry;
  const ranked = Array.isArray(top) ? top.slice(0, topMax) : [];
  return { ...toRanked(entry), top: ranked.flatMap((one) => (isJsonObject(one) ? [toRanked(one)] : [])) };
}

function toRanked({ token, bytes, logprob }: JsonObject): RankedToken {
  const text = asText(token);
  return { text, bytes: readBytes(bytes, text), logprob: readLogprob(logprob) };
}

/** Null: a control token. Absent: the server does not tell bytes, which then follow from the text. */
function readBytes(bytes: unknown, text: string): readonly number[] | undefined {
  if (bytes === null) return undefined;
  return Array.isArray(bytes) ? bytes.filter(isByte) : [...Buffer.from(text)];
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}

/** JSON has no infinity: a value at OpenAI's lower end, or none, is an impossible token. */
function readLogprob(value: unknown): number {
  return typeof value === 'number' && value > logprobMin ? Math.min(value, 0) : Number.NEGATIVE_INFINITY;
}

/** A token of a text completion, and where its text begins. */
export interface PlacedToken {
  readonly token: EchoedToken;
  /** In the text of its choice, in characters; undefined: not told. */
  readonly offset: number | undefined;
}

/** The tokens of a text completion's `logprobs`, in OpenAI's older form of four lists, or in chat's. */
export function readCompletionLogprobs(logprobs: unknown, topMax: number): readonly PlacedToken[] {
  if (!isJsonObject(logprobs)) return [];
  const { tokens, token_logprobs: values, top_logprobs: tops, text_offset: offsets } = logprobs;
  if (!Array.isArray(tokens)) {
    return readChatLogprobs(logprobs, topMax).map((token) => ({ token, offset: undefined }));
  }
  assertLength(tokens);
  return tokens.map((token, index) => {
    const value = Array.isArray(values) ? values[index] : undefined;
    const top = Array.isArray(tops) ? tops[index] : undefined;
    const offset = Array.isArray(offsets) ? offsets[index] : undefined;
    const text = asText(token);
    return {
      token: {
        text,
        bytes: [...Buffer.from(text)],
        logprob: value === null ? undefined : readLogprob(value),
        top: isJsonObject(top) ? toTop(top, topMax) : [],
      },
      offset: typeof offset === 'number' ? offset : undefined,
    };
  });
}

function toTop(texts: JsonObject, topMax: number): readonly RankedToken[] {
  return Object.entries(texts)
    .map(([text, value]) => ({ text, bytes: [...Buffer.from(text)], logprob: readLogprob(value) }))
    .sort((a, b) => (b.logprob === a.logprob ? 0 : b.logprob - a.logprob))
    .slice(0, topMax);
}
