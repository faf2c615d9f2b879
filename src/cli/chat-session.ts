// The loop of a chat on a terminal or over a pipe.
//
// On a terminal, readline keeps the keyboard in raw mode while a line is edited, and Ctrl-C is a key. While
// an answer runs, raw mode is off: Ctrl-C is a signal, and typed text waits in the terminal for the next
// prompt. Over a pipe Ctrl-C is always a signal.
import { createInterface, type Interface } from 'node:readline';
import { type CommandName, nameCommands } from '../app/command-name.ts';
import type { Conversation, TurnOutcome } from './conversation.ts';

export interface ChatStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errorOutput: NodeJS.WriteStream;
  readonly commandName: CommandName;
}

const leaveHint = 'To exit, press Ctrl-D or type /exit.';
const commandsHint = '/clear starts a new conversation, /exit exits, Ctrl-C stops an answer.';

/** Answers one question. */
export async function answerOnce(
  conversation: Conversation,
  question: string,
  streams: ChatStreams,
): Promise<TurnOutcome> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.on('SIGINT', onInterrupt);
  // If a reader such as `head` closes the pipe, stop generating.
  streams.output.on('error', onInterrupt);
  try {
    return await answer(conversation, question, streams, stop.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** Treats each line as a message until the input ends or `/exit`. Returns the number of failed turns. */
export async function runChatSession(conversation: Conversation, streams: ChatStreams): Promise<number> {
  const { input, output, errorOutput } = streams;
  const isTerminal = input.isTTY === true && output.isTTY === true;
  const lines = createInterface({ input, output, terminal: isTerminal, prompt: isTerminal ? '> ' : '' });
  let running: AbortController | undefined;
  let failedTurns = 0;
  let hasLeft = false;
  let isInputOver = false;
  lines.once('close', () => {
    isInputOver = true;
  });
  // Lines of a pipe are read after the input has ended, and from Node 24 on `prompt` throws then.
  const prompt = () => {
    if (!isInputOver) lines.prompt();
  };
  const onInterrupt = () => {
    if (running !== undefined) {
      running.abort();
      return;
    }
    errorOutput.write(`${isTerminal ? '\n' : ''}${leaveHint}\n`);
    if (isTerminal) restartLine(lines);
  };
  const onOutputGone = () => {
    running?.abort();
    lines.close();
  };
  process.on('SIGINT', onInterrupt);
  lines.on('SIGINT', onInterrupt);
  output.on('error', onOutputGone);
  try {
    prompt();
    for await (const line of lines) {
      const command = toCommand(line);
      if (command === 'exit') {
        hasLeft = true;
        break;
      }
      if (command === 'ask') {
        running = new AbortController();
        giveTerminalBack(lines, input, isTerminal);
        const { kind } = await answer(conversation, line, streams, running.signal);
        takeTerminal(lines, input, isTerminal);
        running = undefined;
        failedTurns += kind === 'failed' ? 1 : 0;
      } else {
        runCommand(command, conversation, errorOutput);
      }
      prompt();
    }
  } finally {
    process.off('SIGINT', onInterrupt);
    lines.close();
  }
  // Ctrl-D leaves the cursor behind the prompt.
  if (isTerminal && !hasLeft) output.write('\n');
  return failedTurns;
}

async function answer(
  conversation: Conversation,
  question: string,
  { output, errorOutput, commandName }: ChatStreams,
  signal: AbortSignal,
): Promise<TurnOutcome> {
  let isAtLineStart = true;
  const outcome = await conversation.ask(question, signal, (text) => {
    isAtLineStart = text.endsWith('\n');
    output.write(output.isTTY ? toTerminalText(text) : text);
  });
  const isStoppedAtTerminal = outcome.kind === 'stopped' && output.isTTY === true;
  // The terminal shows ^C, so the line is not empty even if the answer ended with a newline.
  if (!isAtLineStart || isStoppedAtTerminal) output.write('\n');
  if (outcome.notice !== undefined) {
    errorOutput.write(`gravix: ${nameCommands(outcome.notice, commandName)}\n`);
  }
  if (isStoppedAtTerminal) errorOutput.write('(stopped)\n');
  return outcome;
}

type SessionCommand = 'ask' | 'skip' | 'exit' | 'clear' | 'help' | 'unknown';

/** Only a single word after the slash is a command. A path at the start of a question is not. */
function toCommand(line: string): SessionCommand {
  const text = line.trim();
  if (text === '') return 'skip';
  if (!/^\/[a-z]+$/.test(text)) return 'ask';
  switch (text) {
    case '/exit':
      return 'exit';
    case '/clear':
      return 'clear';
    case '/help':
      return 'help';
    default:
      return 'unknown';
  }
}

function runCommand(
  command: Exclude<SessionCommand, 'ask' | 'exit'>,
  conversation: Conversation,
  errorOutput: NodeJS.WriteStream,
): void {
  switch (command) {
    case 'clear':
      conversation.clear();
      errorOutput.write('New conversation.\n');
      break;
    case 'help':
      errorOutput.write(`${commandsHint}\n`);
      break;
    case 'unknown':
      errorOutput.write(`Unknown command. ${commandsHint}\n`);
      break;
    case 'skip':
      break;
  }
}

function giveTerminalBack(lines: Interface, input: NodeJS.ReadStream, isTerminal: boolean): void {
  if (!isTerminal) return;
  lines.pause();
  input.setRawMode(false);
}

function takeTerminal(lines: Interface, input: NodeJS.ReadStream, isTerminal: boolean): void {
  if (!isTerminal) return;
  input.setRawMode(true);
  lines.resume();
}

/** Drops the typed text, with readline's Ctrl-E and Ctrl-U. */
function restartLine(lines: Interface): void {
  lines.write(null, { ctrl: true, name: 'e' });
  lines.write(null, { ctrl: true, name: 'u' });
  lines.prompt();
}

/**
 * Removes control characters from a model's text. With them it could rename the window, hide lines, or answer
 * terminal queries as the user. Newlines and tabs stay.
 */
function toTerminalText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '');
}
