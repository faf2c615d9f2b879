// The child process of grammar-inspector.ts: loads the native library and answers questions until its parent ends.

import { openBinding } from '../../src/engine/engine-process/model/binding.ts';
import type { EngineReply } from '../../src/engine/engine-question.ts';

/** Which texts a grammar accepts as a whole. Its root rule is `root`. */
export interface GrammarQuestion {
  readonly grammar: string;
  readonly texts: readonly string[];
}

function toReply(find: () => boolean[]): EngineReply<boolean[]> {
  try {
    return { type: 'answer', answer: find() };
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

process.on('disconnect', () => process.exit(0));
const binding = await openBinding();
process.on('message', ({ grammar, texts }: GrammarQuestion) => {
  process.send?.(toReply(() => binding.matchTexts(grammar, texts)));
});
process.send?.({ type: 'answer', answer: 'ready' } satisfies EngineReply<string>);
