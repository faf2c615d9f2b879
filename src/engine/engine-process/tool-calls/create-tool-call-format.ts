import type { CallSyntax } from './call-syntax.ts';
import { createCallParser } from './create-call-parser.ts';
import type { TemplateTraits } from './template-traits.ts';
import { toTemplateConversations } from './to-template-conversations.ts';
import { toTriggers } from './to-triggers.ts';
import type { ToolCallFormat } from './tool-call-format.ts';
import { writeCallGrammar } from './write-call-grammar.ts';

export function createToolCallFormat(syntax: CallSyntax, traits: TemplateTraits): ToolCallFormat {
  const isParallelPossible = syntax.callsMax !== 1;
  return {
    name: syntax.name,
    isParallelPossible,
    usesParameters: syntax.call.some((part) => part.kind === 'arguments' && part.form.kind !== 'json'),
    toGrammar: (calls) => writeCallGrammar(syntax, calls),
    toGrammarAfterTrigger: (trigger, calls) => writeCallGrammar(syntax, calls, trigger),
    triggers: (tools) => toTriggers(syntax, tools),
    createParser: (options) => createCallParser(syntax, options),
    toTemplateConversations: (messages, tools) => toTemplateConversations(syntax, traits, messages, tools),
  };
}
