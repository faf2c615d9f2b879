import { type Command, InvalidArgumentError } from 'commander';
import { defaultModelName } from '../catalog/catalog.ts';
import { createChatClient } from './chat-client.ts';
import { answerOnce, runChatSession } from './chat-session.ts';
import type { CommandContext } from './command-context.ts';
import { CommandExit } from './command-exit.ts';
import { createConversation } from './conversation.ts';
import { findServerKey, parseServerUrl } from './server-address.ts';
import { toLocalUrl } from './to-local-url.ts';

interface ChatFlags {
  readonly url?: string;
  readonly model?: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

const temperatureMax = 2;
/** The exit code that a shell reports after Ctrl-C: 128 plus the signal number. */
const interruptedExitCode = 130;
/**
 * Without a system message the default model is too small to guess how long an answer should be, and fails on
 * simple questions.
 */
const smallModelSystem = 'You answer in one short sentence.';

/** `gravix chat [PROMPT]`: chats with a running server, or answers one prompt. */
export function registerChatCommand(program: Command, context: CommandContext): void {
  program
    .command('chat')
    .description('chat with a model of a running server')
    .argument(
      '[prompt...]',
      'answer this prompt and exit; without a prompt, each line of the input is a message',
    )
    .option('--url <url>', 'URL of the server; by default the server on this machine', parseServerUrl)
    .option('--model <name>', 'model to chat with; by default the one in the settings')
    .option('--system <text>', 'system message; the default model gets one if you set none')
    .option(
      '--temperature <number>',
      `sampling temperature, from 0 (always the most likely token) to ${temperatureMax}`,
      parseTemperature,
    )
    .option('--max-tokens <number>', 'maximum tokens of an answer', parseMaxTokens)
    .action((words: readonly string[], flags: ChatFlags) => chat(context, words.join(' '), flags));
}

async function chat(context: CommandContext, prompt: string, flags: ChatFlags): Promise<void> {
  const config = context.loadConfigWithoutKeys();
  const url = flags.url ?? toLocalUrl(config);
  const model = flags.model ?? config.model;
  const { temperature, maxTokens } = flags;
  const system = flags.system ?? (model === defaultModelName ? smallModelSystem : undefined);
  const key = await findServerKey(config, url);
  const client = createChatClient({ url, key, model, temperature, maxTokens });
  const conversation = createConversation({ client, system, hasTokenLimit: maxTokens !== undefined });
  if (prompt !== '') {
    const { kind } = await answerOnce(conversation, prompt, context);
    if (kind !== 'complete') throw new CommandExit(kind === 'stopped' ? interruptedExitCode : 1);
    return;
  }
  const isTerminal = context.input.isTTY === true && context.output.isTTY === true;
  if (isTerminal) {
    context.output.write(`${model} at ${url}. /help lists the commands, Ctrl-D exits.\n`);
    if (system !== undefined) context.output.write(`System message: ${system} (--system sets it)\n`);
  }
  const failedTurns = await runChatSession(conversation, context);
  // A script reading a pipe learns from the exit code that an answer is missing.
  if (!isTerminal && failedTurns > 0) throw new CommandExit(1);
}

function parseTemperature(text: string): number {
  const temperature = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(temperature <= temperatureMax)) {
    throw new InvalidArgumentError(`Write a number from 0 to ${temperatureMax}.`);
  }
  return temperature;
}

function parseMaxTokens(text: string): number {
  const maxTokens = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(Number.isSafeInteger(maxTokens) && maxTokens >= 1)) {
    throw new InvalidArgumentError('Write a whole number of at least 1.');
  }
  return maxTokens;
}
