import { randomUUID } from 'node:crypto';
import { type GenerationRequest, neutralSampling, plainRules } from '../src/backend/generation-request.ts';
import { textContent } from '../src/backend/message-content.ts';
import type { ToolUse } from '../src/backend/tool.ts';

/** Of a request whose answer may have calls. */
export const askedTools: ToolUse = {
  tools: [{ name: 'f', description: undefined, parameters: undefined, isStrict: false }],
  choice: 'auto',
  callableNames: ['f'],
  isParallel: true,
};

/** One question, answered without any chance; `changes` are what a test is about. */
export function createRequest(text: string, changes: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    id: randomUUID(),
    cacheKey: undefined,
    isFurtherChoice: false,
    prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent(text) }] },
    sampling: { ...neutralSampling, temperature: 0, seed: 1 },
    maxTokens: 16,
    topLogprobs: undefined,
    stop: [],
    outputFormat: undefined,
    grammar: undefined,
    toolUse: undefined,
    ...plainRules,
    ...changes,
  };
}

/** A signal that nothing aborts. */
export const untouched = (): AbortSignal => new AbortController().signal;
