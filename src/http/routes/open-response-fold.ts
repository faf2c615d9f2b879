import { createResponseEnvelope } from '../../protocol/openai/responses/create-response-envelope.ts';
import type { ParsedResponseRequest } from '../../protocol/openai/responses/parse-response-request.ts';
import { createResponseFold, type ResponseFold } from '../../protocol/openai/responses/response-fold.ts';
import { reasoningInclude } from '../../protocol/openai/responses/response-request.ts';
import { reportsUsage } from '../../protocol/openai/shared/stream-fields.ts';
import type { ChatRun } from '../../service/chat/chat.ts';

/**
 * Makes the response to a request from the events of its run.
 *
 * @param run absent: it never started
 */
export function openResponseFold(
  { request, calledTools }: ParsedResponseRequest,
  id: string,
  isStored: boolean,
  { sampling, toCost }: Partial<Pick<ChatRun, 'sampling' | 'toCost'>> = {},
): ResponseFold {
  const createdAtSeconds = nowSeconds();
  return createResponseFold({
    envelope: createResponseEnvelope(request, { id, createdAtSeconds, isStored, sampling }),
    now: nowSeconds,
    calledTools,
    encryptsReasoning: request.include?.includes(reasoningInclude) === true,
    reportsUsage: reportsUsage(request),
    toCost,
  });
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
