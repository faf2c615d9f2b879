import { readFileSync, writeFileSync } from 'node:fs';

const templateKey = 'tokenizer.chat_template';

/** Tensors begin at a multiple of it, counted from the start of the file. */
const alignmentBytes = 32;

/**
 * The same model with texts in a comment of its chat template, by which the engine knows how a model calls its tools:
 * the template itself shows no tools. `signs` stand in no `#}`.
 */
export function writeModelWithSigns(modelPath: string, signs: readonly string[], path: string): void {
  const model = readFileSync(modelPath);
  const keyAt = model.indexOf(templateKey);
  if (keyAt === -1) throw new Error('The model has no chat template.');
  // After a key its type as 4 bytes, and then a text's length as 8.
  const lengthAt = keyAt + templateKey.length + 4;
  const length = Number(model.readBigUInt64LE(lengthAt));
  const end = lengthAt + 8 + length;
  const comment = `{# ${signs.join(' ')} #}`;
  const missing = alignmentBytes - (Buffer.byteLength(comment) % alignmentBytes);
  const inserted = Buffer.from(comment.replace(' #}', `${' '.repeat(missing)} #}`));
  model.writeBigUInt64LE(BigInt(length + inserted.length), lengthAt);
  writeFileSync(path, Buffer.concat([model.subarray(0, end), inserted, model.subarray(end)]));
}
