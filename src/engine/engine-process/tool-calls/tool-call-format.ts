import type { ArgumentsGrammar, ArgumentsNotation, ToolParameter } from '../../../backend/tool.ts';

/** A tool as the parser needs it. */
export interface KnownTool {
  readonly name: string;
  /** The known parameters, for formats that write each one separately. */
  readonly parameters: readonly Pick<ToolParameter, 'name' | 'kind'>[];
}

/** A tool as the grammar and the parser need it. */
export interface CallableTool extends KnownTool {
  /** Of its arguments, in the format's notation. */
  readonly grammar: ArgumentsGrammar;
}

/** Calls that an answer must be. */
export interface WantedCalls {
  readonly tools: readonly CallableTool[];
  readonly isParallel: boolean;
  /** Calls in one answer, 1 or more. Default: `callsMaxDefault`; 1 without `isParallel`. */
  readonly callsMax?: number | undefined;
}

/** Text with which a call begins while the model talks freely. */
export interface Trigger {
  readonly text: string;
  /** Only where the answer begins, white space apart. */
  readonly isAtStart: boolean;
  /** The tool that is called, where the text says that already. */
  readonly tool?: string;
}

export type ToolCallEvent =
  | { readonly type: 'content'; readonly text: string }
  /** `id` is present if the format writes one before the arguments, in its own syntax. */
  | { readonly type: 'call-start'; readonly index: number; readonly name: string; readonly id?: string }
  /** A piece of the arguments' JSON text, never empty. */
  | { readonly type: 'arguments-delta'; readonly index: number; readonly text: string }
  /** `isComplete` false: the text ended, or went wrong, within the arguments. */
  | { readonly type: 'call-end'; readonly index: number; readonly isComplete: boolean }
  /** A call starts here although none is allowed; nothing more is reported. */
  | { readonly type: 'barred-call' };

export interface ToolCallParser {
  push(text: string): ToolCallEvent[];
  /** From now on a grammar holds the text: calls come as they are made, also the one that has begun. */
  release(): void;
  /**
   * Releases text that was held back. Push nothing afterwards. With `isCut` the text was cut off: a started
   * call is reported as far as it got. Default: false.
   */
  end(isCut?: boolean): ToolCallEvent[];
}

export interface ParserOptions {
  readonly tools: readonly KnownTool[];
  /**
   * Calls are reported in one piece when they are complete, and other text becomes content at `release`. For
   * unconstrained text. Default: false, arguments are streamed.
   */
  readonly isHeld?: boolean;
  /** No call may be made, of whatever tool: the text ends where one begins. Default: false. */
  readonly isBarred?: boolean;
}

/** A call that was made earlier in the conversation. */
export interface MadeCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

export type ToolConversationMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly calls?: readonly MadeCall[];
      readonly reasoning?: string;
    }
  | { readonly role: 'tool'; readonly text: string; readonly callId: string };

/** A tool as the template shows it to the model. */
export interface ShownTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema. */
  readonly parameters?: unknown;
}

/**
 * The input of the template: text and roles only. The caller reshapes conversations that a template refuses.
 */
export interface TemplateConversation {
  readonly messages: readonly TemplateMessage[];
  /** `tools`, or what else the template calls it; empty where it shows none. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly TemplateToolCall[];
  readonly tool_call_id?: string;
  readonly name?: string;
  readonly reasoning_content?: string;
}

export interface TemplateToolCall {
  readonly type: 'function';
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: unknown };
}

/** How one model's calls are shown, forced and read. Without state. */
export interface ToolCallFormat {
  /** For logs, such as `hermes`. */
  readonly name: string;
  /** More than one call in one answer. */
  readonly isParallelPossible: boolean;
  /** How arguments are written. */
  readonly notation: ArgumentsNotation;
  /** Texts of which its calls are made, names and arguments apart: control tokens within them are part of a call. */
  readonly markers: readonly string[];
  /** GBNF for one or more calls from the answer's first character to its end. */
  toGrammar(calls: WantedCalls): string;
  /** GBNF for what follows the trigger, to the answer's end. */
  toGrammarAfterTrigger(trigger: Trigger, calls: WantedCalls): string;
  triggers(tools: readonly { readonly name: string }[]): readonly Trigger[];
  createParser(options: ParserOptions): ToolCallParser;
  /** For the template, the best first: the first that it renders is the one to use. Never empty. */
  toTemplateConversations(
    messages: readonly ToolConversationMessage[],
    tools: readonly ShownTool[],
  ): readonly TemplateConversation[];
}
