import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ChatCompletion } from '../../src/protocol/openai/chat/chat-completion.ts';
import { post, user } from '../e2e/chat-client.ts';
import { foldChunks } from '../http/fold-chunks.ts';
import { toEventTexts } from '../http/requests.ts';
import type { ServerProcess } from '../server-process.ts';
import { type SoakTool, soakTools } from './soak-tools.ts';

/** As many as the server has slots. */
const atOnce = 4;

const temperatures = [0, 0.3, 0.7, 1, 1.3, 1.6, 2];

/** Ways in which a call is forced. */
type Force = 'named' | 'required' | 'one' | 'allowed' | 'deprecated';

const forces: readonly Force[] = ['named', 'required', 'one', 'allowed', 'deprecated'];

export interface ToolSoakFigures {
  requests: number;
  /** Calls of all answers together. */
  calls: number;
  /** Answers that ran out of tokens. */
  length: number;
  /** Of the longest answer. */
  tokensMax: number;
  /** Tools that were called at least once. */
  readonly names: Set<string>;
  /** Answers that are not what was asked for: there must be none. */
  readonly wrong: string[];
}

/**
 * Asks for `count` answers that are forced to call, each with another mixture of tool, way of forcing, temperature,
 * seed and way of sending. All of them end within `maxTokens`. What is valid is Ajv's own word, without anything of ours between.
 */
export async function runToolSoak(
  server: ServerProcess,
  count: number,
  maxTokens = 1_024,
): Promise<ToolSoakFigures> {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const validators = new Map(
    soakTools.map(({ name, parameters }) => [name, ajv.compile({ type: 'object', ...parameters })]),
  );
  const figures: ToolSoakFigures = {
    requests: 0,
    calls: 0,
    length: 0,
    tokensMax: 0,
    names: new Set(),
    wrong: [],
  };
  const ids = new Set<string>();
  await waitForTools(server, maxTokens);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < count; index = next++) {
      const turn = toTurn(index);
      const answer = await ask(server, turn, maxTokens).catch((error: unknown) => `failed: ${error}`);
      figures.requests += 1;
      const wrong =
        typeof answer === 'string' ? answer : countAnswer(answer, { turn, validators, ids, figures });
      if (wrong !== undefined) figures.wrong.push(`${JSON.stringify(turn)}: ${wrong}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return figures;
}

const compileTriesMax = 20;

/**
 * Until all tools are compiled: on a busy machine one may take longer than a request lets it, and is then refused for
 * a minute. That limit has tests of its own.
 */
async function waitForTools(server: ServerProcess, maxTokens: number): Promise<void> {
  let answer = '';
  for (let tries = 0; tries < compileTriesMax; tries++) {
    // With as many tokens as the answers have, because the grammars follow them; the answer itself is not waited for.
    const asked = { tools, tool_choice: 'required', messages: [user('Hello')], max_tokens: maxTokens };
    const one = await post(server, { ...asked, stream: true });
    if (one.status === 200) return one.body?.cancel();
    answer = await one.text();
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
  throw new Error(`The tools were never compiled: ${answer}`);
}

interface Turn {
  readonly index: number;
  readonly tool: string;
  readonly force: Force;
  readonly temperature: number;
  readonly isStreamed: boolean;
}

/** Every tool is forced in every way; the temperatures' number has no divisor in common with theirs. */
function toTurn(index: number): Turn {
  const round = Math.floor(index / soakTools.length);
  return {
    index,
    tool: toolAt(index).name,
    force: forces[(index + round) % forces.length] ?? 'named',
    temperature: temperatures[index % temperatures.length] ?? 0,
    isStreamed: (index + round) % 2 === 1,
  };
}

function toolAt(index: number): SoakTool {
  const tool = soakTools[index % soakTools.length];
  if (tool === undefined) throw new Error('There are no tools.');
  return tool;
}

const functions = soakTools.map(({ name, description, parameters }) => ({ name, description, parameters }));
const tools = functions.map((definition) => ({ type: 'function', function: definition }));

function toNamed(name: string) {
  return { type: 'function', function: { name } };
}

function allowedNames(index: number): string[] {
  return [0, 1, 2].map((step) => toolAt(index + step).name);
}

function toForcing({ force, tool, index }: Turn): object {
  switch (force) {
    case 'named':
      return { tools, tool_choice: toNamed(tool) };
    case 'required':
      return { tools, tool_choice: 'required' };
    case 'one':
      return { tools, tool_choice: 'required', parallel_tool_calls: false };
    case 'allowed': {
      const allowed = { mode: 'required', tools: allowedNames(index).map(toNamed) };
      return { tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } };
    }
    case 'deprecated':
      return { functions, function_call: { name: tool } };
  }
}

async function ask(server: ServerProcess, turn: Turn, maxTokens: number): Promise<ChatCompletion> {
  const { index, temperature, isStreamed } = turn;
  const body = {
    ...toForcing(turn),
    messages: [user(toolAt(index).question)],
    temperature,
    seed: index,
    max_tokens: maxTokens,
    ...(isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
  const answer = await post(server, body);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  if (!isStreamed) return JSON.parse(text);
  const events = toEventTexts(text);
  if (events.pop() !== '[DONE]') throw new Error('The stream is not whole.');
  return foldChunks(events.map((event) => JSON.parse(event)));
}

interface Expectation {
  readonly turn: Turn;
  readonly validators: ReadonlyMap<string, ValidateFunction>;
  /** Of all calls until now. */
  readonly ids: Set<string>;
  readonly figures: ToolSoakFigures;
}

/** Counts an answer; what is wrong with it, if anything is. A plain one and the fold of a stream are one to it. */
function countAnswer(completion: ChatCompletion, expectation: Expectation): string | undefined {
  const { turn, validators, ids, figures } = expectation;
  const { choices, usage } = completion;
  const [choice] = choices;
  if (choice === undefined || choices.length !== 1) return `${choices.length} choices`;
  const { message, finish_reason: reason } = choice;
  figures.tokensMax = Math.max(figures.tokensMax, usage.completion_tokens);
  if (reason === 'length') {
    figures.length += 1;
    return `cut off after ${usage.completion_tokens} tokens: ${JSON.stringify(message)}`;
  }
  if (reason !== (turn.force === 'deprecated' ? 'function_call' : 'tool_calls'))
    return `ended with ${reason}`;
  if (message.content !== null) return `content beside calls: ${message.content}`;
  const called = message.function_call;
  const calls = message.tool_calls ?? [];
  if ((called !== undefined) !== (turn.force === 'deprecated')) return 'the wrong form of calls';
  for (const { id } of calls) {
    if (ids.has(id) || !id.startsWith('call_')) return `the id ${id} is not its own`;
    ids.add(id);
  }
  const made = called === undefined ? calls.map((call) => call.function) : [called];
  const isOneAtMost = turn.force !== 'required' && turn.force !== 'allowed';
  if (made.length === 0 || (isOneAtMost && made.length > 1)) return `${made.length} calls`;
  figures.calls += made.length;
  for (const { name, arguments: text } of made) {
    figures.names.add(name);
    if (!mayCall(turn, name)) return `${name} was called`;
    if (!isValid(text, validators.get(name))) return `invalid arguments of ${name}: ${text}`;
  }
  return undefined;
}

function mayCall({ force, tool, index }: Turn, name: string): boolean {
  if (force === 'allowed') return allowedNames(index).includes(name);
  return force === 'required' || force === 'one' || name === tool;
}

function isValid(text: string, validate: ValidateFunction | undefined): boolean {
  try {
    return validate?.(JSON.parse(text)) ?? false;
  } catch {
    return false;
  }
}
