import { tryParseJson } from '../../../json/try-parse-json.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { cutBetweenWords } from './clean-upstream-text.ts';

/** UTF-16 code units of a body that are looked at. */
export const errorBodyCharactersMax = 65_536;

/** UTF-16 code units of an upstream's sentence that are looked at. */
const messageCharactersMax = 4_096;

/** What a body says of the failure. */
export interface ErrorText {
  /** The upstream's own sentence; '' where it has none, such as on the page of a proxy. */
  readonly message: string;
  /** Its codes and types in lower case; OpenAI's servers differ in which of them they fill. */
  readonly words: readonly string[];
  /** The status that the body names; undefined: none. */
  readonly status: number | undefined;
  readonly fields: JsonObject;
}

/**
 * The forms that servers have for an error: OpenAI's object, the flat ones of SGLang, Ollama's own API and FastAPI, and
 * text. An error around another one, as gateways send it, says what the inner one says.
 */
export function readErrorText(bodyText: string): ErrorText {
  const text = cutBetweenWords(bodyText.trim(), errorBodyCharactersMax);
  const body = parse(text);
  if (body !== undefined) return readErrorBody(body);
  const isPage = text.startsWith('<') || /<html/i.test(text);
  return {
    message: isPage ? '' : cutBetweenWords(text, messageCharactersMax),
    words: [],
    status: undefined,
    fields: {},
  };
}

/** The same for a body that was parsed. */
export function readErrorBody(body: unknown): ErrorText {
  if (Array.isArray(body)) return readErrorBody(body[0]);
  const outer = isJsonObject(body) ? body : {};
  const inner = findInner(outer);
  const words = [outer, inner].flatMap((fields) => [fields['code'], fields['type'], fields['status']]);
  const statuses = [inner['code'], inner['status'], outer['code'], outer['status']].map(Number);
  return {
    message: cutBetweenWords(
      (typeof body === 'string' ? body : findMessage(outer, inner)).trim(),
      messageCharactersMax,
    ),
    words: words.flatMap((word) => (typeof word === 'string' ? word.toLowerCase() : [])),
    status: statuses.find((status) => Number.isInteger(status) && status >= 400 && status < 600),
    fields: inner,
  };
}

function findInner(outer: JsonObject): JsonObject {
  const { error, detail } = outer;
  if (isJsonObject(error)) return isJsonObject(error['error']) ? error['error'] : error;
  if (isJsonObject(detail)) return findInner(detail);
  return outer;
}

function findMessage(outer: JsonObject, inner: JsonObject): string {
  const candidates = [
    inner['message'],
    outer['error'],
    outer['message'],
    outer['detail'],
    toFirstProblem(outer['detail']),
    toFirstProblem(outer['errors']),
  ];
  return candidates.find((candidate) => typeof candidate === 'string') ?? '';
}

/** FastAPI lists what is wrong with a body. */
function toFirstProblem(list: unknown): string | undefined {
  const [first] = Array.isArray(list) ? list : [];
  if (!isJsonObject(first)) return undefined;
  const message = first['msg'] ?? first['message'];
  const place = Array.isArray(first['loc']) ? first['loc'].filter((step) => step !== 'body').join('.') : '';
  return typeof message === 'string' ? `${place === '' ? '' : `${place}: `}${message}` : undefined;
}

function parse(text: string): unknown {
  const value = tryParseJson(text);
  return typeof value === 'object' || typeof value === 'string' ? (value ?? undefined) : undefined;
}
