// The common part of the generating endpoints: they read the body, run the use case, and send a plain answer
// or a stream. The differences are in `routes/`, as a `GenerationEndpoint`.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChoiceEvent } from '../backend/choice-event.ts';
import type { ToParam } from '../backend/request-place.ts';
import type { RequestedGeneration } from '../backend/requested-generation.ts';
import type { ChatRun, ChatService, ChatStart } from '../service/chat/chat.ts';
import type { UsageEndpoint } from '../service/usage/usage-record.ts';
import type { UseCaseFrame } from '../service/usage/use-case.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type HttpFailure, toHttpFailure } from './http-error.ts';
import { noteRefusal, openUseCase } from './open-use-case.ts';
import { toIgnoredHeaders } from './read-body.ts';
import { noteModel } from './request-state.ts';
import type { Handler } from './route.ts';
import { type EventStreamForm, openEventStream, sendEventStream } from './send-event-stream.ts';
import { listIdleParameters, toStructuredHeaders } from './structured-output.ts';

export interface GenerationEndpoint {
  readonly endpoint: UsageEndpoint;
  /** Parses the body. Throws its problems. */
  read(request: FastifyRequest): AskedGeneration;
}

/** A request as its endpoint understood it. */
export interface AskedGeneration {
  readonly model: string;
  readonly isStreamed: boolean;
  /** Names of accepted fields that change nothing. */
  readonly ignoredParameters: readonly string[];
  /** Fields that we don't know, for deployments that let them through. Absent: none. */
  readonly unknownFields?: Readonly<Record<string, unknown>>;
  /** How this endpoint names the places that errors are about. */
  readonly toParam: ToParam;
  /** The input to generate from. Throws if it continues a stored answer that does not exist. */
  prepare(): Promise<PreparedGeneration>;
}

export interface PreparedGeneration {
  readonly generation: RequestedGeneration;
  /** In place of the request's, where it is known only now. */
  readonly toParam?: ToParam;
  readonly start: ChatStart;
  toAnswer(run: ChatRun): GenerationAnswer;
  /**
   * The whole stream for a request that was refused, where the clients of the endpoint look for this refusal in the
   * stream. Undefined: it is an error with its status, as that of a plain answer.
   */
  toRefusedStream?(failure: HttpFailure): string | undefined;
}

/** Writes the answer from the events of a run: whole, or as a stream. */
export interface GenerationAnswer {
  toWhole(events: AsyncIterable<ChoiceEvent>): Promise<object>;
  /** Absent: the endpoint never streams. */
  readonly stream?: EventStreamForm<ChoiceEvent>;
  /** Headers that only this endpoint has, once the whole answer is made. */
  toHeaders?(): Record<string, string>;
}

export interface GenerationServices {
  readonly frame: UseCaseFrame;
  readonly chat: ChatService;
  readonly pingMs: number;
  readonly logger: Logger;
}

export function createGenerationHandler(
  { endpoint, read }: GenerationEndpoint,
  { frame, chat, pingMs, logger }: GenerationServices,
): Handler {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { model, isStreamed, ignoredParameters, unknownFields, prepare, ...reading } = read(request);
    noteModel(request, model);
    request.state.toParam = reading.toParam;
    const asked = { endpoint, model, isStreamed };
    const prepared = await prepare().catch((error: unknown) => {
      noteRefusal(frame, request, reply, asked, error);
      throw error;
    });
    const { generation, start, toAnswer, toRefusedStream, toParam = reading.toParam } = prepared;
    request.state.toParam = toParam;
    const useCase = openUseCase(frame, request, reply, asked);
    const requested = { ...generation, passedParameters: unknownFields };
    const run = await chat.start(useCase, requested, start).catch((error: unknown) => {
      const failure = toHttpFailure(error, toParam);
      const text = isStreamed ? toRefusedStream?.(failure) : undefined;
      if (text === undefined) throw error;
      request.state.streamErrorCode = failure.code;
      openEventStream(request, reply, toIgnoredHeaders(ignoredParameters)).end(text);
      return undefined;
    });
    if (run === undefined) return reply;
    const ignored = ignoredParameters.filter((name) => !run.passedParameters.has(name));
    const answer = toAnswer(run);
    const toHeaders = (): Record<string, string> =>
      Object.assign(
        toIgnoredHeaders([...ignored, ...listIdleParameters(run, toParam)]),
        toStructuredHeaders(run, toParam),
        answer.toHeaders?.(),
      );
    if (isStreamed && answer.stream !== undefined) {
      const options = { pingMs, headers: toHeaders(), logger, signal: useCase.signal };
      await sendEventStream(request, reply, run.events, answer.stream, options);
      return reply;
    }
    const whole = await answer.toWhole(run.events).finally(() => {
      // An error has the headers too: they say how many attempts failed.
      reply.headers(toHeaders());
    });
    return reply.send(whole);
  };
}
