import { isJsonObject } from '../../src/protocol/openai/shared/json-object.ts';
import type { ComparedPath } from './compared-case.ts';
import type { AnswerFacts, Outcome } from './outcome.ts';
import { readChatFacts } from './read-chat-facts.ts';
import { readMessageFacts } from './read-message-facts.ts';
import { readResponseFacts } from './read-response-facts.ts';

/** Reads an answer, whole or as a stream, to its end. */
export async function readOutcome(answer: Response, path: ComparedPath): Promise<Outcome> {
  const text = await answer.text().catch(() => '');
  const { status } = answer;
  if (status !== 200) return { status, errorForm: toErrorForm(text) };
  const isStream = (answer.headers.get('content-type') ?? '').includes('event-stream');
  const events = isStream ? [...text.matchAll(/^data: ?(.*)$/gm)].map(([, event = '']) => event) : [text];
  const isDone = !isStream || events.at(-1) === '[DONE]';
  const parts = events
    .filter((event) => event !== '[DONE]')
    .map((event): unknown => JSON.parse(event))
    .filter(isJsonObject);
  const types = listTypes(parts);
  return {
    status,
    ...readFacts(path, parts, isStream, isDone),
    ...(isStream && types.length > 0 ? { events: types } : {}),
  };
}

function readFacts(
  path: ComparedPath,
  parts: readonly unknown[],
  isStream: boolean,
  isDone: boolean,
): AnswerFacts {
  switch (path) {
    case '/responses':
      return readResponseFacts(parts, isStream);
    case '/messages':
      return readMessageFacts(parts, isStream);
    default:
      return readChatFacts(parts, isDone);
  }
}

function toErrorForm(text: string): Outcome['errorForm'] {
  try {
    const body = JSON.parse(text) as { readonly type?: unknown; readonly error?: Record<string, unknown> };
    const { type, error } = body;
    if (typeof error?.['message'] !== 'string' || typeof error['type'] !== 'string') return 'other';
    if (type === 'error') return 'anthropic';
    return 'param' in error && 'code' in error ? 'openai' : 'other';
  } catch {
    return 'other';
  }
}

/** A `ping` may come at any time. */
function listTypes(parts: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const types = parts.flatMap(({ type }) => {
    return typeof type === 'string' && type !== 'ping' ? [type] : [];
  });
  return types.filter((type, index) => type !== types[index - 1]);
}
