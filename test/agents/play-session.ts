// A model with a context that runs full: it makes one call after another, and refuses a prompt that is too long as the
// engine does. What it has done already it knows by itself, because an agent that compacts forgets the results.
import { createContextOverflowError } from '../../src/backend/backend-error.ts';
import type { GenerationRequest } from '../../src/backend/generation-request.ts';
import { messagesOf } from '../messages-of.ts';
import type { Script, ScriptStep } from '../scripted-backend.ts';
import type { PlayedCall } from './agent.ts';
import { forbidsCalls, playTurn, sayPieces } from './play-task.ts';

export interface PlayedSession {
  readonly script: Script;
  /** What became of the requests, in the order in which they came. */
  turns(): readonly PlayedSessionTurn[];
}

export interface PlayedSessionTurn {
  readonly kind: 'call' | 'text' | 'refusal';
  readonly promptTokens: number;
}

export function playSession(calls: readonly PlayedCall[], contextLength: number): PlayedSession {
  const turns: PlayedSessionTurn[] = [];
  let done = 0;
  return {
    turns: () => turns,
    script: (request) => {
      const promptTokens = countPrompt(request);
      if (promptTokens >= contextLength) {
        turns.push({ kind: 'refusal', promptTokens });
        return [{ type: 'fail', error: createContextOverflowError(contextLength, promptTokens) }];
      }
      if (forbidsCalls(request)) {
        turns.push({ kind: 'text', promptTokens });
        return withPrompt(
          sayPieces(['Some notes were read. ', 'The spelling is not correct yet.']),
          promptTokens,
        );
      }
      turns.push({ kind: 'call', promptTokens });
      const turn = playTurn(calls[done], done);
      done += 1;
      return withPrompt(turn, promptTokens);
    },
  };
}

/** Four characters are about a token. */
export function countPrompt(request: GenerationRequest): number {
  const text = JSON.stringify([messagesOf(request), request.toolUse?.tools]);
  return Math.ceil(text.length / 4);
}

/** Agents compact by the usage that they are told. */
function withPrompt(steps: readonly ScriptStep[], promptTokens: number): ScriptStep[] {
  return steps.map((step) => {
    if (step.type === 'started') return { ...step, promptTokens, cachedTokens: 0 };
    return step.type === 'finish'
      ? { ...step, usage: { ...step.usage, promptTokens, cachedTokens: 0 } }
      : step;
  });
}
