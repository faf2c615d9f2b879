import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseIdempotencyKey } from '../../protocol/openai/shared/idempotency-key.ts';
import type { IdempotencyService, KeptAnswer } from '../../service/idempotency/idempotency.ts';
import type { UsageEndpoint } from '../../service/usage/usage-record.ts';
import type { UseCaseFrame } from '../../service/usage/use-case.ts';
import { createClientSignal } from '../client-signal.ts';
import { keptHeader, pickKept, replayedHeader } from '../kept-headers.ts';
import { openUseCase } from '../open-use-case.ts';
import { isStrict } from '../read-body.ts';
import { noteModel, toCallerOf } from '../request-state.ts';
import { openEventStream } from '../send-event-stream.ts';

export interface AnswerOnceServices {
  readonly frame: UseCaseFrame;
  readonly idempotency: IdempotencyService;
}

/**
 * The hooks of an endpoint whose requests may carry an `Idempotency-Key`: the first answer is kept, and sent again to the
 * same request under the same key. Streams are kept by `sendEventStream`. Without the header both hooks do nothing.
 */
export function createAnswerOnceHooks({ frame, idempotency }: AnswerOnceServices, endpoint: UsageEndpoint) {
  const begin = async (request: FastifyRequest, reply: FastifyReply, bodyText: string): Promise<unknown> => {
    request.state.bodyText = undefined;
    const signal = createClientSignal(reply);
    const beginning = await idempotency.begin(
      {
        ownerId: toCallerOf(request).id,
        key: parseIdempotencyKey(request.headers['idempotency-key']),
        requestText: toRequestText(request, endpoint, bodyText),
      },
      signal,
    );
    if (beginning.kind === 'replay') return replay(request, reply, beginning.answer);
    const { keeper } = beginning;
    request.state.answerKeeper = keeper;
    // However it ends: what is whole is kept by then.
    if (reply.raw.closed) keeper.drop();
    else reply.raw.once('close', () => keeper.drop());
    signal.throwIfAborted();
    return undefined;
  };
  const replay = async (
    request: FastifyRequest,
    reply: FastifyReply,
    answer: KeptAnswer,
  ): Promise<unknown> => {
    const { model, isStreamed, text } = answer;
    // The key may have lost the right since.
    noteModel(request, model);
    const useCase = openUseCase(frame, request, reply, { endpoint, model, isStreamed });
    await useCase.run(async () => {
      useCase.notes.isReplay = true;
    });
    const headers = { ...answer.headers, [replayedHeader]: 'true' };
    if (!isStreamed) return reply.headers(headers).send(text);
    openEventStream(request, reply, headers).end(text);
    return reply;
  };
  return {
    preHandler: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const { bodyText } = request.state;
      // Undefined without a key. A body that is missing is for the endpoint to refuse.
      if (bodyText !== undefined) return begin(request, reply, bodyText);
      done();
      return undefined;
    },
    onSend: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error: null, payload: unknown) => void,
    ) => {
      if (
        request.state.answerKeeper !== undefined &&
        reply.statusCode === 200 &&
        typeof payload === 'string'
      ) {
        return keepPlain(request, reply, payload);
      }
      done(null, payload);
      return undefined;
    },
  };
}

async function keepPlain({ state }: FastifyRequest, reply: FastifyReply, text: string): Promise<void> {
  const { model, answerKeeper } = state;
  const headers = pickKept(reply.getHeaders());
  const isKept = await answerKeeper?.keep({ model, isStreamed: false, headers, text });
  reply.header(keptHeader, String(isKept));
}

/** Keeps the text of a body that has a key: two bodies are the same if they have the same bytes. */
export function noteBody({ headers, state }: FastifyRequest, text: string): void {
  if (headers['idempotency-key'] !== undefined) state.bodyText = text;
}

/** All that the answer depends on. */
function toRequestText(request: FastifyRequest, endpoint: UsageEndpoint, bodyText: string): string {
  return [endpoint, isStrict(request) ? 'strict' : 'lenient', bodyText].join('\n');
}
