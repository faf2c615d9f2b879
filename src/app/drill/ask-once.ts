import { randomUUID } from 'node:crypto';
import type { Backend } from '../../backend/backend.ts';
import type { GenerationEvent } from '../../backend/generation-event.ts';
import { type GenerationRequest, neutralSampling, plainRules } from '../../backend/generation-request.ts';
import { textContent } from '../../backend/message-content.ts';
import { isLate, withinMs } from '../../service/within-ms.ts';
import type { SeenAnswer } from './judge-answer.ts';

export type ReadAnswer = Omit<SeenAnswer, 'requests' | 'isClosed'>;

/** Sends one request and reads to its end. One that is not over after `waitMsMax` is given up. */
export async function askOnce(backend: Backend, isStreamed: boolean, waitMsMax: number): Promise<ReadAnswer> {
  const startedAtMs = performance.now();
  const controller = new AbortController();
  const events: GenerationEvent[] = [];
  const read = async () => {
    try {
      const generation = backend.generate(createRequest(isStreamed), controller.signal);
      for await (const event of generation.events) events.push(event);
      return undefined;
    } catch (error) {
      return error ?? new Error('Nothing was thrown.');
    }
  };
  const end = await withinMs(waitMsMax, read());
  controller.abort();
  return {
    events: [...events],
    error: isLate(end) ? undefined : end,
    elapsedMs: performance.now() - startedAtMs,
    isGivenUp: isLate(end),
  };
}

function createRequest(isStreamed: boolean): GenerationRequest {
  return {
    id: randomUUID(),
    isFurtherChoice: false,
    cacheKey: undefined,
    projectId: 'drill',
    isStreamed,
    prompt: { kind: 'chat', messages: [{ role: 'user', content: textContent('Say hello to me.') }] },
    sampling: neutralSampling,
    maxTokens: 16,
    topLogprobs: undefined,
    stop: [],
    outputFormat: undefined,
    grammar: undefined,
    toolUse: undefined,
    ...plainRules,
  };
}
