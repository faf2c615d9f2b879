import { type Command, InvalidArgumentError } from 'commander';
import { findLocalKey } from '../app.ts';
import { defaultModelName } from '../catalog/catalog.ts';
import type { Config } from '../config/config.ts';
import { createChatClient } from './chat-client.ts';
import { answerOnce, runChatSession } from './chat-session.ts';
import { CommandExit } from './command-exit.ts';
import type { CommandSurroundings } from './command-surroundings.ts';
import { createConversation } from './conversation.ts';
import { isLoopbackHost, toLocalUrl } from './to-local-url.ts';

interface ChatFlags {
  readonly url?: string;
  readonly model?: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
}

const temperatureMax = 2;
/** What a shell reports for a command that Ctrl-C ended: 128 and the signal's number. */
const interruptedExitCode = 130;
/** Without one the default model can't answer the simplest question: it is too small to guess how long an answer should be. */
const smallModelSystem = 'You answer in one short sentence.';

/** `gravix chat [PROMPT]`: talks to a running server; with a prompt it answers once. */
export function registerChatCommand(program: Command, surroundings: CommandSurroundings): void {
  program
    .command('chat')
    .description('talk to a running server')
    .argument('[prompt...]', 'answer this once and exit; without it each line of the input is a turn')
    .option('--url <url>', 'address of the server; by default the one of this machine', parseUrl)
    .option('--model <name>', 'model to talk to; by default the one that would be served')
    .option('--system <text>', 'system message: how the model should behave; the default model has one here')
    .option('--temperature <number>', `0 (always the likeliest) to ${temperatureMax}`, parseTemperature)
    .option('--max-tokens <number>', 'tokens of one answer at most', parseMaxTokens)
    .action((words: readonly string[], flags: ChatFlags) => chat(surroundings, words.join(' '), flags));
}

async function chat(surroundings: CommandSurroundings, prompt: string, flags: ChatFlags): Promise<void> {
  const config = surroundings.loadConfig({});
  const url = flags.url ?? toLocalUrl(config);
  const model = flags.model ?? config.model;
  const { temperature, maxTokens } = flags;
  const system = flags.system ?? (model === defaultModelName ? smallModelSystem : undefined);
  const key = await findKey(config, url);
  const client = createChatClient({ url, key, model, temperature, maxTokens });
  const conversation = createConversation({ client, system, hasTokenLimit: maxTokens !== undefined });
  if (prompt !== '') {
    const { kind } = await answerOnce(conversation, prompt, surroundings);
    if (kind !== 'complete') throw new CommandExit(kind === 'stopped' ? interruptedExitCode : 1);
    return;
  }
  const isTerminal = surroundings.input.isTTY === true && surroundings.output.isTTY === true;
  if (isTerminal) {
    surroundings.output.write(`${model} at ${url}. /help lists the commands, Ctrl-D leaves.\n`);
    if (system !== undefined) surroundings.output.write(`System message: ${system} (--system sets it)\n`);
  }
  const failedTurns = await runChatSession(conversation, surroundings);
  // Nobody watches a pipe: a script learns from the exit code that an answer is missing.
  if (!isTerminal && failedTurns > 0) throw new CommandExit(1);
}

/** The key file belongs to this machine's server; only a key from the environment goes anywhere else. */
async function findKey(config: Config, url: string): Promise<string | undefined> {
  const isLocal = url === toLocalUrl(config) || isLoopbackHost(new URL(url).hostname);
  return isLocal ? findLocalKey(config) : config.environmentKey;
}

function parseUrl(text: string): string {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: '' };
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new InvalidArgumentError('Write an address such as http://127.0.0.1:4728.');
  }
  return text.replace(/\/+$/, '');
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
