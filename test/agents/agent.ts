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
  /** What its model answers so that the task is done: two calls of its tools, or a text. */
  readonly work: AgentCalls | AgentText;
  /** It asks again after a stream that broke, which is played then. */
  readonly asksAgain: boolean;
  /** Long sessions, in which the context of the model runs full. */
  readonly longSessions: readonly LongSession[];
}

export interface AgentCalls {
  readonly kind: 'calls';
  readonly read: (path: string) => PlayedCall;
  readonly correct: (path: string) => PlayedCall;
}

export interface AgentText {
  readonly kind: 'text';
  readonly text: string;
}

/** A call of a tool of an agent. */
export type PlayedCall = readonly [tool: string, arguments: Readonly<Record<string, unknown>>];

export interface LongSession {
  /** Tokens of the model's context. */
  readonly contextLength: number;
  /** What the configuration of the agent says. Default: the same. */
  readonly configuredLength?: number;
  /** When the agent compacts the conversation: before the context is full, or once a prompt was refused as too long. */
  readonly compacts: 'in time' | 'after a refusal';
  /** Some agents end with another code if a prompt was refused, also when their task is done. Default: 0. */
  readonly exit?: number;
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
