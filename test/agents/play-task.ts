// A model that reads a file, changes it and says so. What it calls depends on the agent, whose tools have their own names.
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

export type PlayedCall = readonly [tool: string, arguments: Readonly<Record<string, unknown>>];

const closing = ['The spelling', ' is correct', ' now.'];

/** A call in each turn, the first of them after a thought and the others after a text. */
export function playCalls(...calls: readonly PlayedCall[]): Script {
  return (request) => {
    // Agents also ask for titles and summaries, without tools.
    if (request.toolUse === undefined) return sayPieces(['A greeting']);
    const results = messagesOf(request).filter(({ role }) => role === 'tool').length;
    const call = calls[results];
    return call === undefined ? sayPieces(closing) : callTool(call, results);
  };
}

export function playText(text: string): Script {
  return () => sayPieces(text.split(/(?<=\n)/));
}

function sayPieces(pieces: readonly string[]): ScriptStep[] {
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
