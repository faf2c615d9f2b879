import type { CallSyntax } from './call-syntax.ts';
import type { Trigger } from './tool-call-format.ts';

/** The texts with which a call may begin in an answer. */
export function toTriggers(syntax: CallSyntax, tools: readonly { readonly name: string }[]): Trigger[] {
  if (syntax.beginsWithName === true) {
    return tools.flatMap(({ name }) => [
      { text: `${name}\n`, isAtStart: true, tool: name },
      { text: `${syntax.separator}${name}\n`, isAtStart: false, tool: name },
    ]);
  }
  return syntax.triggers.map((text) => ({ text, isAtStart: syntax.isAtStartOnly === true }));
}
