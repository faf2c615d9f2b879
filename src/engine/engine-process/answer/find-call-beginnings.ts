import type { Vocabulary } from '../model/vocabulary.ts';
import type { Trigger } from '../tool-calls/tool-call-format.ts';

/**
 * Tokens whose text has a whole trigger: where no call may be made, they need not be drawn. What is only found at the
 * start of an answer is a common text, and free.
 */
export function findCallBeginnings(
  {
    size,
    controlTokens,
    tokenBytes,
    isEndToken,
  }: Pick<Vocabulary, 'size' | 'controlTokens' | 'tokenBytes' | 'isEndToken'>,
  triggers: readonly Trigger[],
): Uint32Array {
  const texts = triggers.filter(({ isAtStart }) => !isAtStart).map(({ text }) => text);
  const found = controlTokens.filter(({ text }) => texts.some((trigger) => text.includes(trigger)));
  const ids = new Set(found.map(({ id }) => id));
  const wanted = texts.map((text) => Buffer.from(text));
  const bytesMin = Math.min(...wanted.map(({ length }) => length));
  for (let token = 0; wanted.length > 0 && token < size; token++) {
    const { buffer, byteOffset, byteLength } = tokenBytes(token);
    if (byteLength < bytesMin) continue;
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    if (wanted.some((trigger) => bytes.includes(trigger))) ids.add(token);
  }
  return Uint32Array.from(ids).filter((token) => !isEndToken(token));
}
