// Compiles formats and checks answers in a separate thread, because a schema or pattern can take forever and
// must not stop the service. Results are cached, so a repeated schema costs a hash and no message to the
// thread.
import { createHash } from 'node:crypto';
import type { OutputFormat } from '../backend/output-format.ts';
import type { CompiledArguments, CompiledGrammar } from '../grammar/compiled-grammar.ts';
import { countGbnf } from '../grammar/count-gbnf.ts';
import { writeJson } from '../json/write-json.ts';
import type {
  CompiledOutput,
  CompiledToolOutput,
  OutputCompiler,
  ToolForm,
} from '../service/chat/output-compiler.ts';
import { createUnsupportedSchemaError, ServiceError } from '../service/service-error.ts';
import { ByteBoundedCache } from './byte-bounded-cache.ts';
import { createLateError, type TaskOutcome, TaskRunner } from './task-runner.ts';
import type { WorkerForm } from './worker-message.ts';

export interface GrammarWorkerOptions {
  /**
   * Maximum processor time for one format, in milliseconds, or time on the clock if processor time is
   * unavailable. Default 1,500.
   */
  readonly compileMsMax?: number;
  /** The same for the check of one answer. Default 1,500. */
  readonly checkMsMax?: number;
  /**
   * Maximum time on the clock for a format or a check, including its wait, in milliseconds. Later ones are
   * `overloaded`. Default 5,000.
   */
  readonly answerMsMax?: number;
  /** Bytes of compiled formats that are kept, here and in the thread. Default 32 MiB. */
  readonly cacheBytesMax?: number;
  /** Formats and answers that wait at most; one more is `overloaded`. Default 256. */
  readonly waitingMax?: number;
  /** Megabytes of the thread's heap. Default 256. */
  readonly memoryMbMax?: number;
  /** Characters of a format as JSON. Default 1,048,576. */
  readonly formatCharactersMax?: number;
}

/** Throws as `OutputCompiler` says, and `BackendError` `overloaded` when too much waits or after `close`. */
export function createGrammarWorker(options: GrammarWorkerOptions = {}): OutputCompiler {
  return new GrammarWorker({ ...defaults, ...options });
}

const defaults: Required<GrammarWorkerOptions> = {
  compileMsMax: 1_500,
  checkMsMax: 1_500,
  answerMsMax: 5_000,
  cacheBytesMax: 32 * 1024 * 1024,
  waitingMax: 256,
  memoryMbMax: 256,
  formatCharactersMax: 1024 * 1024,
};

/**
 * How long a format that was too slow or too large is refused without compiling. Afterwards it is tried
 * again, because the machine may have been busy.
 */
const refusalMs = 60_000;

/**
 * Cached bytes per character of a format on both sides: two texts, and 12 bytes of Ajv's functions, as
 * measured.
 */
const bytesPerCharacter = 16;

/** Minimum cost of an entry. */
const entryBytes = 16_384;

type Kept =
  | { readonly output: CompiledOutput | CompiledToolOutput }
  | { readonly refusal: ServiceError; readonly untilMs: number };

class GrammarWorker implements OutputCompiler {
  readonly #options: Required<GrammarWorkerOptions>;
  readonly #runner: TaskRunner;
  readonly #cache: ByteBoundedCache<Kept>;
  readonly #compiling = new Map<string, Promise<CompiledOutput | CompiledToolOutput>>();

  constructor(options: Required<GrammarWorkerOptions>) {
    this.#options = options;
    this.#runner = new TaskRunner({ ...options, waitMsMax: options.answerMsMax });
    this.#cache = new ByteBoundedCache(options.cacheBytesMax, (key) => this.#runner.forget(key));
  }

  async compile(format: OutputFormat, stringCharactersMax?: number): Promise<CompiledOutput> {
    const hasStrings = format.kind === 'json-schema' || format.kind === 'json-object';
    const compiled = await this.#find(hasStrings ? { ...format, stringCharactersMax } : format);
    if (!isOutput(compiled)) throw createMismatchError();
    return compiled;
  }

  async compileArguments(tool: ToolForm): Promise<CompiledToolOutput> {
    const { parameters, isStrict, notation, callCharactersMax } = tool;
    const form = {
      kind: 'tool-arguments',
      parameters,
      strict: isStrict,
      notation,
      callCharactersMax,
    } as const;
    const compiled = await this.#find(form);
    if (isOutput(compiled)) throw createMismatchError();
    return compiled;
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  async #find(form: WorkerForm): Promise<CompiledOutput | CompiledToolOutput> {
    const formatText = this.#toText(form);
    const key = createHash('sha256').update(formatText).digest('base64');
    const kept = this.#cache.get(key);
    if (kept !== undefined) {
      if ('output' in kept) {
        return kept.output;
      }
      if (performance.now() < kept.untilMs) {
        throw kept.refusal;
      }
    }
    const running = this.#compiling.get(key) ?? this.#compile(key, formatText);
    this.#compiling.set(key, running);
    return this.#inTime(running);
  }

  /** A late task continues, so that its result is ready when the client tries again. */
  async #inTime<Result>(work: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    const late = this.#runner.whenStarted().then(
      () =>
        new Promise<never>((_resolve, reject) => {
          if (!isOver)
            timer = setTimeout(
              () => reject(createLateError(this.#options.answerMsMax)),
              this.#options.answerMsMax,
            );
        }),
    );
    try {
      return await Promise.race([work, late]);
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }

  async #compile(key: string, formatText: string): Promise<CompiledOutput | CompiledToolOutput> {
    try {
      const outcome = await this.#runner.run(
        { type: 'compile', key, formatText },
        this.#options.compileMsMax,
      );
      if (outcome.type !== 'compiled') {
        const isFinal = outcome.type === 'refused';
        const refusal = toError(outcome);
        if (refusal instanceof ServiceError) {
          const untilMs = isFinal ? Number.POSITIVE_INFINITY : performance.now() + refusalMs;
          this.#cache.set(key, { refusal, untilMs }, entryBytes + 2 * refusal.message.length);
        }
        throw refusal;
      }
      const output = toOutput(outcome.grammar, (text) => this.#check(key, formatText, text));
      const gbnfCharacters = isOutput(output) ? output.grammar.length : countGbnf(output.grammar);
      const bytes = entryBytes + 2 * gbnfCharacters + bytesPerCharacter * formatText.length;
      this.#cache.set(key, { output }, bytes);
      return output;
    } finally {
      this.#compiling.delete(key);
    }
  }

  async #check(key: string, formatText: string, text: string): Promise<readonly string[]> {
    const checking = this.#runner.run({ type: 'check', key, formatText, text }, this.#options.checkMsMax);
    const outcome = await this.#inTime(checking);
    if (!this.#cache.has(key)) {
      // Its request outlived its place in the cache.
      this.#runner.forget(key);
    }
    switch (outcome.type) {
      case 'checked':
        return outcome.problems;
      case 'compiled':
        throw createMismatchError();
      case 'too-slow':
      case 'out-of-memory':
        return [
          'The answer could not be checked against its schema: the check took too much time or memory.',
        ];
      default:
        throw toError(outcome);
    }
  }

  /** The text keeps the order of properties, which the grammar follows. */
  #toText(form: WorkerForm): string {
    let text: string;
    try {
      text = writeJson(form);
    } catch (error) {
      if (error instanceof RangeError) {
        throw createUnsupportedSchemaError('', 'The schema is nested too deep.');
      }
      throw error;
    }
    if (text.length > this.#options.formatCharactersMax) {
      const limit = this.#options.formatCharactersMax;
      throw createUnsupportedSchemaError('', `The schema is longer than ${limit} characters.`);
    }
    return text;
  }
}

function isOutput(compiled: CompiledOutput | CompiledToolOutput): compiled is CompiledOutput {
  return typeof compiled.grammar === 'string';
}

function toOutput(
  compiled: CompiledGrammar | CompiledArguments,
  check: CompiledOutput['check'],
): CompiledOutput | CompiledToolOutput {
  const checkedAfterwards = compiled.checkedAfterwards.map(({ path }) => path);
  return 'gbnf' in compiled
    ? { grammar: compiled.gbnf, checkedAfterwards, check }
    : { grammar: compiled.grammar, charactersMax: compiled.charactersMax, checkedAfterwards, check };
}

function toError(outcome: Exclude<TaskOutcome, { type: 'compiled' }>): Error {
  switch (outcome.type) {
    case 'refused':
      return createUnsupportedSchemaError(outcome.path, outcome.message);
    case 'too-slow':
      return createUnsupportedSchemaError('', 'The schema took too long to compile.');
    case 'out-of-memory':
      return createUnsupportedSchemaError('', 'The schema took too much memory to compile.');
    case 'failed':
      return new Error(outcome.message);
    case 'checked':
      return createMismatchError();
  }
}

function createMismatchError(): Error {
  return new Error('The grammar thread answered another question.');
}
