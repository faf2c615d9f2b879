import { isJsonObject } from '../shared/json-object.ts';

/** The texts of a message or of a delta. */
export interface AnswerTexts {
  readonly text: string;
  readonly reasoning: string;
}

/** Mistral's content is a list of parts, of which some are its reasoning. */
export function readContentParts(parts: readonly unknown[]): AnswerTexts {
  let text = '';
  let reasoning = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    if (!isJsonObject(part)) continue;
    const { thinking } = part;
    if (Array.isArray(thinking)) reasoning += readContentParts(thinking).text;
    else if (typeof thinking === 'string') reasoning += thinking;
    else text += asText(part['text'] ?? part['refusal']);
  }
  return { text, reasoning };
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
