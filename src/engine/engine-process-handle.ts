import { type ChildProcess, fork } from 'node:child_process';
import type { EngineCommand, EngineMessage } from './engine-message.ts';
import type { EngineOptions } from './engine-options.ts';

/** A running engine process, seen from its parent. */
export interface EngineProcessHandle {
  readonly pid: number | undefined;
  send(command: EngineCommand): void;
  /** Ends it at once; `onExit` follows. */
  kill(): void;
}

export interface EngineProcessEvents {
  readonly onMessage: (message: EngineMessage) => void;
  /** Once, with how it ended in words, such as `signal SIGSEGV`. */
  readonly onExit: (how: string) => void;
  /** A line that the native code wrote; for the log only. */
  readonly onOutput: (line: string) => void;
}

export type StartEngineProcess = (options: EngineOptions, events: EngineProcessEvents) => EngineProcessHandle;

/** A line of native output is cut to this many characters. */
const outputLineMax = 500;

/** `environment` is what the process inherits; no secret belongs into it. */
export function createEngineProcessStarter(environment: NodeJS.ProcessEnv): StartEngineProcess {
  return (options, { onMessage, onExit, onOutput }) => {
    const isSource = import.meta.url.endsWith('.ts');
    const entry = new URL(`./engine-process/main.${isSource ? 'ts' : 'js'}`, import.meta.url);
    const child = fork(entry, [JSON.stringify(options)], {
      // The decode runs on libuv's pool, and OpenMP builds one team of threads for each thread of that pool:
      // with the default of four threads a token takes twice as long.
      env: { ...environment, UV_THREADPOOL_SIZE: '1' },
      execArgv: isSource ? ['--import', import.meta.resolve('tsx')] : [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    forwardLines(child, onOutput);
    let isOver = false;
    const end = (how: string) => {
      if (!isOver) {
        isOver = true;
        onExit(how);
      }
    };
    child.on('message', (message: EngineMessage) => onMessage(message));
    child.on('error', (error) => end(`error ${error.message}`));
    child.on('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    return {
      pid: child.pid,
      send: (command) => {
        // The process may have died a moment ago: its exit event tells, this call need not.
        if (child.connected) {
          child.send(command, () => {});
        }
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}

function forwardLines(child: ChildProcess, onOutput: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        if (line.trim() !== '') {
          onOutput(line.slice(0, outputLineMax));
        }
      }
    });
  }
}
