import type { CallSyntax } from './call-syntax.ts';
import { readCalls } from './read-call.ts';
import { type Reading, type TextReader, UnexpectedTextError } from './text-reader.ts';
import type { KnownTool, Trigger } from './tool-call-format.ts';
import { listTextsFromTrigger } from './write-call-grammar.ts';

/**
 * Whether a call begins where `trigger` is next, of whatever tool. What a call begins with may also be spoken of:
 * what follows must look like a call, too. A trigger that is found at the start of an answer only is too common for
 * that, and the call is read up to its arguments.
 */
export function* isCallBegun(syntax: CallSyntax, reader: TextReader, trigger: Trigger): Reading<boolean> {
  if (trigger.isAtStart) return yield* readsToArguments(syntax, reader);
  yield* reader.tryReadExactly(trigger.text);
  yield* reader.skipSpace();
  const next = yield* reader.peek();
  if (trigger.tool !== undefined) return next === '{';
  const texts = listTextsFromTrigger(syntax, trigger).map((text) => text.trimStart());
  return texts.some((text) => (text === '' ? /\w/.test(next) : next !== '' && text.startsWith(next)));
}

function* readsToArguments(syntax: CallSyntax, reader: TextReader): Reading<boolean> {
  let isBegun = false;
  const begin = () => {
    isBegun = true;
    throw new UnexpectedTextError('The arguments have begun.');
  };
  const noop = () => {};
  try {
    yield* readCalls({ syntax, reader, tools: anyTool, begin, take: noop, finish: noop, keep: noop });
  } catch (error) {
    if (!(error instanceof UnexpectedTextError)) throw error;
  }
  return isBegun;
}

/** A tool of every name. */
const anyTool: Pick<ReadonlyMap<string, KnownTool>, 'get'> = {
  get: (name) => (name === '' ? undefined : { name, parameters: [] }),
};
