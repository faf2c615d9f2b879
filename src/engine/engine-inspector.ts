import type { EngineOptions } from './engine-options.ts';
import type {
  EngineAnswers,
  EngineQuestion,
  EngineReply,
  EngineRuntime,
  MemoryNeed,
} from './engine-question.ts';
import { describeExit, forkEngineEntry } from './fork-engine-entry.ts';

/** The question has no answer: the process crashed, took too long, or reported an error. */
export class EngineInspectionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EngineInspectionError';
  }
}

/**
 * Asks the native engine about itself and this machine. Each question runs in a separate process, so a crash
 * becomes an error. Both methods throw `EngineInspectionError`. There is nothing to close between questions.
 */
export interface EngineInspector {
  inspectRuntime(): Promise<EngineRuntime>;
  /** Of a model with these options; the file's head is read, the model is not loaded. */
  inspectMemory(options: EngineOptions): Promise<MemoryNeed>;
}

export interface EngineInspectorOptions {
  /** The environment of the processes, without secrets. */
  readonly environment: NodeJS.ProcessEnv;
  /** Time for one answer, in milliseconds; 60,000 by default. */
  readonly answerMsMax?: number;
}

const answerMsMaxDefault = 60_000;
/** Lines of native output that an error quotes: the last ones say why. */
const quotedLinesMax = 3;

export function createEngineInspector(options: EngineInspectorOptions): EngineInspector {
  return {
    inspectRuntime: () => ask<'engine'>({ question: 'engine' }, options),
    inspectMemory: (engineOptions) => ask<'memory'>({ question: 'memory', options: engineOptions }, options),
  };
}

function ask<Kind extends EngineQuestion['question']>(
  question: EngineQuestion & { readonly question: Kind },
  { environment, answerMsMax = answerMsMaxDefault }: EngineInspectorOptions,
): Promise<EngineAnswers[Kind]> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const onOutput = (line: string) => {
      lines.push(line);
    };
    const child = forkEngineEntry('inspect', question, { environment, onOutput });
    const fail = (reason: string) => {
      const said = lines.slice(-quotedLinesMax).join(' ');
      reject(new EngineInspectionError(`${reason}${said === '' ? '.' : `: ${said}`}`));
    };
    const timer = setTimeout(() => {
      fail(`The engine gave no answer within ${answerMsMax / 1000} seconds`);
      child.kill('SIGKILL');
    }, answerMsMax);
    child.on('message', (reply: EngineReply<EngineAnswers[Kind]>) => {
      if (reply.type === 'answer') {
        resolve(reply.answer);
      } else {
        reject(new EngineInspectionError(`The engine could not answer: ${reply.message}`));
      }
    });
    child.on('error', (error) => fail(`The engine process could not be started (${error.message})`));
    // `close` comes after the last line of output and the last message, `exit` may come before them.
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      fail(`The engine process ended without an answer (${describeExit(code, signal)})`);
    });
  });
}
