import type { CallSyntax } from './call-syntax.ts';

/** The behaviour of a chat template with tools, as found by probing. */
export interface TemplateTraits {
  /** The variable whose tools it shows; undefined: it shows none. */
  readonly toolVariable: 'tools' | 'functions' | undefined;
  /** How a message must look so that its calls are shown; undefined: they are dropped, and must be content. */
  readonly call: CallShape | undefined;
  readonly showsResults: boolean;
  /** A message may have several calls. */
  readonly showsParallelCalls: boolean;
}

export interface CallShape {
  /** The content of a message that has calls and no text. */
  readonly emptyContent: '' | null;
  readonly arguments: 'object' | 'text';
}

/** Without a template to probe. */
export const plainTraits: TemplateTraits = {
  toolVariable: undefined,
  call: undefined,
  showsResults: false,
  showsParallelCalls: true,
};

export interface FoundSyntax {
  readonly syntax: CallSyntax;
  readonly traits: TemplateTraits;
}
