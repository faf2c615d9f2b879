import type { OutputFormat } from '../backend/output-format.ts';
import type { ArgumentsNotation } from '../backend/tool.ts';
import type { CompiledArguments, CompiledGrammar } from '../grammar/compiled-grammar.ts';

/** The format that the thread compiles and checks: a response format, or the arguments of a call. */
export type WorkerForm =
  | (OutputFormat & {
      /** Maximum characters of a string without a bound. Absent: unlimited. */
      readonly stringCharactersMax?: number | undefined;
    })
  | {
      readonly kind: 'tool-arguments';
      /** JSON Schema; absent: there are no parameters. */
      readonly parameters?: unknown;
      readonly strict: boolean;
      readonly notation: ArgumentsNotation;
      /** Characters of the arguments of a forced call; absent: it is not forced. */
      readonly callCharactersMax?: number | undefined;
    };

/** Work for the thread, which answers each with one `WorkerAnswer`. Forms cross as JSON text. */
export type WorkerTask =
  | { readonly type: 'compile'; readonly key: string; readonly formatText: string }
  | { readonly type: 'check'; readonly key: string; readonly formatText: string; readonly text: string };

/** Messages to the thread: a task, without its format if the thread has its check, or a note. */
export type WorkerRequest =
  | { readonly type: 'compile'; readonly key: string; readonly formatText: string }
  | {
      readonly type: 'check';
      readonly key: string;
      readonly formatText: string | undefined;
      readonly text: string;
    }
  /** The check of this key will not be needed again; has no answer. */
  | { readonly type: 'forget'; readonly key: string };

export type WorkerAnswer =
  /** It runs; the first message of a thread. */
  | { readonly type: 'ready'; readonly osThreadId: number | undefined }
  | { readonly type: 'compiled'; readonly grammar: CompiledGrammar | CompiledArguments }
  | { readonly type: 'checked'; readonly problems: readonly string[] }
  /** The format can't be enforced. */
  | { readonly type: 'refused'; readonly path: string; readonly message: string }
  /** A fault of ours. */
  | { readonly type: 'failed'; readonly message: string };
