// A model that reads a file, changes it and says so. What it calls depends on the agent, whose tools have their own names.
import { BackendError } from '../../src/backend/backend-error.ts';
import type { GenerationRequest } from '../../src/backend/generation-request.ts';
import { toText } from '../../src/backend/message-content.ts';
import { messagesOf } from '../messages-of.ts';
import {
  finish,
  type Script,
  type ScriptStep,
  started,
  textDelta,
  toolCallDelta,
  toolCallStart,
} from '../scripted-backend.ts';
import type { Agent, PlayedCall } from './agent.ts';

const closing = ['The spelling', ' is correct', ' now.'];

/** Does the task of an agent with a file. */
export function playTask({ work }: Pick<Agent, 'work'>, filePath: string): Script {
  return work.kind === 'text'
    ? () => sayPieces(work.text.split(/(?<=\n)/))
    : playCalls(work.read(filePath), work.correct(filePath));
}

/** The same, but the first answer after a call breaks in its middle. */
export function playBrokenTask(agent: Pick<Agent, 'work'>, filePath: string): Script {
  const play = playTask(agent, filePath);
  let turns = 0;
  return (request) => {
    if (!forbidsCalls(request)) turns += 1;
    return turns === 2 && !forbidsCalls(request) ? brokenTurn : play(request);
  };
}

const brokenTurn: readonly ScriptStep[] = [
  started,
  textDelta('Now I'),
  { type: 'fail', error: new BackendError('engine_crashed', 'The engine crashed.') },
];

/** A call in each turn, the first of them after a thought and the others after a text. */
function playCalls(...calls: readonly PlayedCall[]): Script {
  return (request) => {
    if (forbidsCalls(request)) return sayPieces(['A greeting']);
    const results = messagesOf(request).filter(({ role }) => role === 'tool').length;
    return playTurn(calls[results], results);
  };
}

/** The turn with a call, or the last one. */
export function playTurn(call: PlayedCall | undefined, index: number): ScriptStep[] {
  return call === undefined ? sayPieces(closing) : callTool(call, index);
}

/** Agents also ask for titles and summaries, without tools, or with a sentence against their use. */
export function forbidsCalls(request: GenerationRequest): boolean {
  if (request.toolUse === undefined) return true;
  const asked = messagesOf(request).findLast(({ role }) => role === 'user');
  return asked !== undefined && /do not call any tools/i.test(toText(asked.content));
}

export function sayPieces(pieces: readonly string[]): ScriptStep[] {
  return [started, ...pieces.map(textDelta), finish(pieces.length + 1)];
}

function callTool([tool, toolArguments]: PlayedCall, index: number): ScriptStep[] {
  const text = JSON.stringify(toolArguments);
  const half = Math.ceil(text.length / 2);
  return [
    started,
    index === 0 ? { type: 'reasoning-delta', text: 'First I read it.' } : textDelta('Now I correct it.'),
    toolCallStart(0, tool, `call_${index}`),
    toolCallDelta(0, text.slice(0, half)),
    toolCallDelta(0, text.slice(half)),
    finish(8, 'tool-calls'),
  ];
}
