import type { Script } from '../scripted-backend.ts';

/** Another maker's program that lets a model read and change files. */
export interface Agent {
  readonly name: string;
  readonly package: AgentPackage;
  /** Which of the APIs it speaks. */
  readonly api: 'chat' | 'responses' | 'messages';
  /** As `gravix connect` names it: its configuration for the server is what that command writes. */
  readonly client: string;
  /** How it is started for the task, with nothing but that configuration and what is given here. */
  readonly command: AgentCommand;
  /** What its model answers so that the task is done. */
  readonly script: (filePath: string) => Script;
}

export interface AgentPackage {
  readonly registry: 'npm' | 'pypi';
  readonly name: string;
  readonly version: string;
  /** Its program, below `node_modules/.bin` or the environment's `bin`. */
  readonly program: string;
}

export interface AgentCommand {
  readonly flags: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Its other settings, by paths below the home folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The name of the model. */
export const model = 'writer';

/** The work of each agent: a file with a mistake, and a sentence about it. */
export const task = {
  fileName: 'greeting.txt',
  before: 'Hello, wrold!\n',
  after: 'Hello, world!\n',
  prompt: 'Correct the spelling in greeting.txt.',
} as const;
