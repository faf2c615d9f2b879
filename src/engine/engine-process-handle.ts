import type { EngineCommand, EngineMessage } from './engine-message.ts';
import type { EngineOptions } from './engine-options.ts';
import { describeExit, forkEngineEntry } from './fork-engine-entry.ts';

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

/** `environment` is what the process inherits; no secret belongs into it. */
export function createEngineProcessStarter(environment: NodeJS.ProcessEnv): StartEngineProcess {
  return (options, { onMessage, onExit, onOutput }) => {
    const child = forkEngineEntry('main', options, { environment, onOutput });
    let isOver = false;
    const end = (how: string) => {
      if (!isOver) {
        isOver = true;
        onExit(how);
      }
    };
    child.on('message', (message: EngineMessage) => onMessage(message));
    child.on('error', (error) => end(`error ${error.message}`));
    child.on('exit', (code, signal) => end(describeExit(code, signal)));
    return {
      pid: child.pid,
      send: (command) => {
        // The process may just have died. Its exit event reports that, so this call ignores it.
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
