import { type ChildProcess, fork } from 'node:child_process';
import { createDeferred } from '../../src/engine/deferred.ts';
import { EngineInspectionError } from '../../src/engine/engine-inspector.ts';
import type { EngineReply } from '../../src/engine/engine-question.ts';
import { describeExit } from '../../src/engine/fork-engine-entry.ts';
import type { GrammarQuestion } from './grammar-process.ts';

/**
 * Asks llama.cpp's grammar code, without a model, which texts a grammar accepts. One child process answers the
 * questions one by one. A question that takes too long, or crashes the process, fails alone.
 */
export interface GrammarInspector {
  /**
   * Whether each text matches the whole grammar. Throws `EngineInspectionError` if the grammar does not parse or
   * no answer arrives.
   */
  check(grammar: string, texts: readonly string[]): Promise<boolean[]>;
  close(): Promise<void>;
}

export interface GrammarInspectorOptions {
  /** The environment of the process, without secrets. */
  readonly environment: NodeJS.ProcessEnv;
  /** Maximum time for an answer once the process has started, in milliseconds. Default: 10,000. */
  readonly answerMsMax?: number;
}

const answerMsMaxDefault = 10_000;
/** Maximum time to load the native library, in milliseconds. */
const startMsMax = 60_000;

export function openGrammarInspector(options: GrammarInspectorOptions): GrammarInspector {
  return new ProcessGrammarInspector(options);
}

interface Answerer {
  readonly child: ChildProcess;
  /** Resolves when the native library is loaded. */
  readonly ready: Promise<void>;
  readonly closed: Promise<void>;
}

class ProcessGrammarInspector implements GrammarInspector {
  readonly #options: GrammarInspectorOptions;
  #answerer: Answerer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: GrammarInspectorOptions) {
    this.#options = options;
  }

  check(grammar: string, texts: readonly string[]): Promise<boolean[]> {
    const answer = this.#last.then(() => this.#ask({ grammar, texts }));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#answerer?.child.kill('SIGKILL');
    await this.#answerer?.closed;
  }

  async #ask(question: GrammarQuestion): Promise<boolean[]> {
    if (this.#isClosed) {
      throw new EngineInspectionError('The grammar inspector is closed.');
    }
    this.#answerer ??= this.#start();
    const { child, ready } = this.#answerer;
    const { answerMsMax = answerMsMaxDefault } = this.#options;
    await withinTime(child, startMsMax, ready);
    const reply = createDeferred<EngineReply<boolean[]>>();
    const onExit = (code: number | null, signal: NodeJS.Signals | null) =>
      reply.reject(
        new EngineInspectionError(
          `The grammar process ended without an answer (${describeExit(code, signal)}).`,
        ),
      );
    child.once('message', reply.resolve).once('exit', onExit);
    try {
      child.send(question, () => {});
      const found = await withinTime(child, answerMsMax, reply.promise);
      if (found.type === 'failed') {
        throw new EngineInspectionError(found.message);
      }
      return found.answer;
    } finally {
      child.off('message', reply.resolve).off('exit', onExit);
    }
  }

  #start(): Answerer {
    const { environment } = this.#options;
    const child = fork(new URL('./grammar-process.ts', import.meta.url), {
      env: environment,
      execArgv: ['--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
      // The native parser prints every grammar that it refuses.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const ready = createDeferred<void>();
    const closed = createDeferred<void>();
    child.once('message', () => ready.resolve());
    child.once('error', (error) => ready.reject(new EngineInspectionError(error.message)));
    child.once('exit', (code, signal) => {
      const how = describeExit(code, signal);
      ready.reject(new EngineInspectionError(`The grammar process did not start (${how}).`));
      if (this.#answerer?.child === child) {
        this.#answerer = undefined;
      }
      closed.resolve();
    });
    return { child, ready: ready.promise, closed: closed.promise };
  }
}

/** Kills a process that takes longer, because native code can't be interrupted. */
async function withinTime<Answer>(
  child: ChildProcess,
  timeoutMs: number,
  answer: Promise<Answer>,
): Promise<Answer> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  try {
    return await answer;
  } catch (error) {
    throw isLate
      ? new EngineInspectionError(`The grammar process gave no answer within ${timeoutMs / 1000} seconds.`)
      : error;
  } finally {
    clearTimeout(timer);
  }
}
