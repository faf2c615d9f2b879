import type { FastifyReply, FastifyRequest } from 'fastify';
import { toModel } from '../../protocol/openai/models/model.ts';
import {
  parseLoadRequest,
  parsePullRequest,
  parseUnloadRequest,
  toModelDeleted,
  toModelEvent,
  toPullEvent,
} from '../../protocol/openai/models/model-management.ts';
import { pingComment } from '../../protocol/openai/shared/server-sent-events.ts';
import type {
  ModelManagement,
  ModelManagementEvent,
  ModelPullEvent,
} from '../../service/models/model-management.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createClientSignal } from '../client-signal.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { readUrlParam } from '../read-url-param.ts';
import { noteModel } from '../request-state.ts';
import { sendEventStream, toDataForm } from '../send-event-stream.ts';

export interface ManageModelsOptions {
  readonly management: ModelManagement;
  readonly pingMs: number;
  readonly logger: Logger;
}

/** The actions on models for keys with the scope `admin`. */
export function createManageModelsHandlers({ management, pingMs, logger }: ManageModelsOptions) {
  return {
    /** POST /models/pull: plain and streamed answers come from the same events. */
    pull: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { fields, ignoredParameters } = parsePullRequest(readBody(request), {
        strict: isStrict(request),
      });
      noteModel(request, fields.model);
      const signal = createClientSignal(reply);
      const headers = toIgnoredHeaders(ignoredParameters);
      const events = management.pull(fields.model, signal);
      if (fields.stream !== true) {
        for await (const event of events) {
          if (event.type === 'done') return reply.headers(headers).send(toModel(event.model));
        }
        throw new Error('A pull ended without its last event.');
      }
      // Refusals have a status, because they occur before the stream starts.
      const first = await events.next();
      const form = toDataForm((event: ModelPullEvent) => [toPullEvent(fields.model, event)]);
      await sendEventStream(request, reply, withFirst(first, events), form, {
        pingMs,
        headers,
        logger,
        signal,
      });
      return reply;
    },

    /** POST /models/load */
    load: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { fields, ignoredParameters } = parseLoadRequest(readBody(request), {
        strict: isStrict(request),
      });
      noteModel(request, fields.model);
      const model = await management.load(fields.model, createClientSignal(reply), fields.keepAliveMs);
      return reply.headers(toIgnoredHeaders(ignoredParameters)).send(toModel(model));
    },

    /** POST /models/unload */
    unload: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { fields, ignoredParameters } = parseUnloadRequest(readBody(request), {
        strict: isStrict(request),
      });
      noteModel(request, fields.model);
      const model = await management.unload(fields.model);
      return reply.headers(toIgnoredHeaders(ignoredParameters)).send(toModel(model));
    },

    /** DELETE /models/{id} */
    remove: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const id = readUrlParam(request, '*');
      noteModel(request, id);
      const { freedBytes } = await management.remove(id);
      return reply.send(toModelDeleted(id, freedBytes));
    },

    /** GET /models/events: from now on, until the client leaves. */
    watch: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const signal = createClientSignal(reply);
      const events = toDataForm((event: ModelManagementEvent) => [toModelEvent(event)]);
      const form = { ...events, start: pingComment };
      await sendEventStream(request, reply, management.watch(signal), form, {
        pingMs,
        headers: {},
        logger,
        signal,
      });
      return reply;
    },
  };
}

async function* withFirst(
  first: IteratorResult<ModelPullEvent, unknown>,
  rest: AsyncGenerator<ModelPullEvent>,
): AsyncGenerator<ModelPullEvent> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
