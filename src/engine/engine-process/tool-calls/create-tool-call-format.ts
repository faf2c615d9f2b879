import type { ArgumentsForm, CallSyntax } from './call-syntax.ts';
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
    notation: findArguments(syntax).kind,
    markers: listMarkers(syntax),
    toGrammar: (calls) => writeCallGrammar(syntax, calls),
    toGrammarAfterTrigger: (trigger, calls) => writeCallGrammar(syntax, calls, trigger),
    triggers: (tools) => toTriggers(syntax, tools),
    createParser: (options) => createCallParser(syntax, options),
    toTemplateConversations: (messages, tools) => toTemplateConversations(syntax, traits, messages, tools),
  };
}

function findArguments({ call }: CallSyntax): ArgumentsForm {
  const part = call.find(({ kind }) => kind === 'arguments');
  if (part?.kind !== 'arguments') throw new Error('A call without arguments.');
  return part.form;
}

function listMarkers(syntax: CallSyntax): string[] {
  const { open, close, separator, call, triggers, hidden = [] } = syntax;
  const parts = call.flatMap((part): string[] => {
    if (part.kind === 'text') return [...part.texts];
    if (part.kind === 'id') return [part.before, part.after];
    return part.kind === 'arguments' ? listArgumentMarkers(part.form) : [];
  });
  return [open, close, separator, ...parts, ...triggers, ...hidden.map(({ text }) => text)];
}

function listArgumentMarkers(form: ArgumentsForm): string[] {
  switch (form.kind) {
    case 'tagged':
      return [form.beforeName, form.beforeText, form.beforeValue ?? '', form.afterValue];
    case 'gemma':
      return ['<|"|>'];
    case 'json':
    case 'python':
      return [];
  }
}
