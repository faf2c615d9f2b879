import type { ChatMessage } from '../../backend/generation-request.ts';
import { textContent, toText } from '../../backend/message-content.ts';
import type { JsonSchemaFormat, OutputFormat } from '../../backend/output-format.ts';
import { writeJson } from '../../json/write-json.ts';
import { isWithinSize } from './schema-size.ts';

/** UTF-16 code units of a schema that is shown; about 5,000 tokens. */
export const shownSchemaCharactersMax = 16_384;

/** Levels of a schema that is shown. */
export const shownSchemaDepthMax = 100;

/**
 * The conversation with the schema in its system message: a grammar alone yields valid nonsense, for the model
 * learns of a field only when it must fill it. OpenAI shows it, too. Behind the system message's own text, so that
 * requests with one schema share their prompt cache.
 *
 * A schema that is too large is not shown: beyond `shownSchemaCharactersMax`, or beyond as many characters as the
 * context has tokens (`contextLength`), which is about a third of it. `mayCall`: the model may call tools instead.
 */
export function showSchema(
  messages: readonly ChatMessage[],
  format: OutputFormat,
  contextLength: number,
  mayCall = false,
): readonly ChatMessage[] {
  if (format.kind !== 'json-schema') return messages;
  const charactersMax = Math.min(shownSchemaCharactersMax, contextLength);
  const instruction = toInstruction(format, charactersMax, mayCall);
  if (instruction === undefined) return messages;
  const [first, ...others] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: textContent(instruction) }, ...messages];
  const own = toText(first.content);
  const text = own === '' ? instruction : `${own}\n\n${instruction}`;
  return [{ role: 'system', content: textContent(text) }, ...others];
}

function toInstruction(
  { schema, description }: JsonSchemaFormat,
  charactersMax: number,
  mayCall: boolean,
): string | undefined {
  // Before it is written out, which takes its time for a large one.
  if (!isWithinSize(schema, { charactersMax, depthMax: shownSchemaDepthMax })) return undefined;
  const json = writeJson(schema);
  if (json.length > charactersMax) return undefined;
  const purpose = description === undefined || description === '' ? '' : `${description}\n`;
  const answer = mayCall ? 'If you call no tool, answer' : 'Answer';
  return `${purpose}${answer} with JSON that matches this JSON Schema: ${json}`;
}
