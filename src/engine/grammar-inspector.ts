import type { ChildProcess } from 'node:child_process';
import { createDeferred } from './deferred.ts';
import { EngineInspectionError } from './engine-inspector.ts';
import type { EngineReply, GrammarQuestion } from './engine-question.ts';
import { describeExit, forkEngineEntry } from './fork-engine-entry.ts';

/**
 * Asks the native grammar, without a model, which texts it accepts. One process answers many questions, one after
 * the other; one that takes too long or crashes costs its own question only.
 */
export interface GrammarInspector {
  /**
   * Whether each text matches the whole grammar. Throws `EngineInspectionError` where the grammar does not parse or
   * the answer does not come.
   */
  check(grammar: string, texts: readonly string[]): Promise<boolean[]>;
  close(): Promise<void>;
}

export interface GrammarInspectorOptions {
  /** What the process inherits; no secret belongs into it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Time for one answer once the process is up, in milliseconds; 10,000 by default. */
  readonly answerMsMax?: number;
}

const answerMsMaxDefault = 10_000;
/** Loading the native library, in milliseconds. */
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
          `The engine process ended without an answer (${describeExit(code, signal)}).`,
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
    // The native parser prints every grammar that it refuses.
    const child = forkEngineEntry('inspect', { question: 'grammars' }, { environment, onOutput: () => {} });
    const ready = createDeferred<void>();
    const closed = createDeferred<void>();
    child.once('message', () => ready.resolve());
    child.once('error', (error) => ready.reject(new EngineInspectionError(error.message)));
    child.once('exit', (code, signal) => {
      const how = describeExit(code, signal);
      ready.reject(new EngineInspectionError(`The engine process did not start (${how}).`));
      if (this.#answerer?.child === child) {
        this.#answerer = undefined;
      }
      closed.resolve();
    });
    return { child, ready: ready.promise, closed: closed.promise };
  }
}

/** A process that takes longer is ended: what it does can't be interrupted otherwise. */
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
      ? new EngineInspectionError(`The engine gave no answer within ${timeoutMs / 1000} seconds.`)
      : error;
  } finally {
    clearTimeout(timer);
  }
}
