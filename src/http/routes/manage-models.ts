import type { FastifyReply, FastifyRequest } from 'fastify';
import { toModel } from '../../protocol/openai/models/model.ts';
import {
  parseLoadRequest,
  parsePullRequest,
  parseUnloadRequest,
  type WireModelDeleted,
  type WireModelEvent,
  type WirePullEvent,
} from '../../protocol/openai/models/model-management.ts';
import type {
  ModelManagementEvent,
  ModelManager,
  ModelPullEvent,
} from '../../service/models/model-manager.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { createClientSignal } from '../client-signal.ts';
import { isStrict, readBody, toIgnoredHeaders } from '../read-body.ts';
import { sendEventStream } from '../send-event-stream.ts';

export interface ManageModelsOptions {
  readonly manager: ModelManager;
  readonly pingMs: number;
  readonly logger: Logger;
}

type NamedRequest = FastifyRequest<{ Params: { '*': string } }>;

/** What a key of the scope `admin` may do with models. */
export function createManageModelsHandlers({ manager, pingMs, logger }: ManageModelsOptions) {
  return {
    /** POST /models/pull: plain and streamed answers come from the same events. */
    pull: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { fields, ignoredParameters } = parsePullRequest(readBody(request), {
        strict: isStrict(request),
      });
      request.state.model = fields.model;
      const signal = createClientSignal(reply);
      const headers = toIgnoredHeaders(ignoredParameters);
      const events = manager.pull(fields.model, signal);
      if (fields.stream !== true) {
        for await (const event of events) {
          if (event.type === 'done') return reply.headers(headers).send(toModel(event.model));
        }
        throw new Error('A pull ended without its last event.');
      }
      // What is refused is refused with a status of its own, before the stream begins.
      const first = await events.next();
      const wire = toPullEvents(fields.model, first, events);
      await sendEventStream(request, reply, wire, { pingMs, headers, logger, signal });
      return reply;
    },

    /** POST /models/load */
    load: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { fields, ignoredParameters } = parseLoadRequest(readBody(request), {
        strict: isStrict(request),
      });
      request.state.model = fields.model;
      const model = await manager.load(fields.model, createClientSignal(reply), fields.keepAliveMs);
      return reply.headers(toIgnoredHeaders(ignoredParameters)).send(toModel(model));
    },

    /** POST /models/unload */
    unload: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const { fields, ignoredParameters } = parseUnloadRequest(readBody(request), {
        strict: isStrict(request),
      });
      request.state.model = fields.model;
      const model = await manager.unload(fields.model);
      return reply.headers(toIgnoredHeaders(ignoredParameters)).send(toModel(model));
    },

    /** DELETE /models/{id} */
    remove: async (request: NamedRequest, reply: FastifyReply): Promise<unknown> => {
      const id = request.params['*'];
      request.state.model = id;
      const { freedBytes } = await manager.remove(id);
      const deleted: WireModelDeleted = { id, object: 'model', deleted: true, freed_bytes: freedBytes };
      return reply.send(deleted);
    },

    /** GET /models/events: from now on, until the client leaves. */
    watch: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const signal = createClientSignal(reply);
      const events = toModelEvents(manager.watch(signal));
      await sendEventStream(request, reply, events, { pingMs, headers: {}, logger, signal });
      return reply;
    },
  };
}

async function* toPullEvents(
  name: string,
  first: IteratorResult<ModelPullEvent, unknown>,
  rest: AsyncGenerator<ModelPullEvent>,
): AsyncGenerator<WirePullEvent> {
  if (first.done === true) return;
  yield toPullEvent(name, first.value);
  for await (const event of rest) yield toPullEvent(name, event);
}

function toPullEvent(name: string, event: ModelPullEvent): WirePullEvent {
  if (event.type === 'done') return { type: 'done', model: toModel(event.model) };
  const { type, phase, source, doneBytes, totalBytes } = event;
  return {
    ...{ type, model: name, phase, source },
    completed_bytes: doneBytes,
    total_bytes: totalBytes ?? null,
  };
}

const wireTypes = {
  loading: 'model.loading',
  loaded: 'model.loaded',
  'load-failed': 'model.load_failed',
  unloading: 'model.unloading',
  unloaded: 'model.unloaded',
  pulling: 'model.pulling',
  pulled: 'model.pulled',
  'pull-failed': 'model.pull_failed',
  removed: 'model.removed',
} as const satisfies Record<ModelManagementEvent['type'], WireModelEvent['type']>;

async function* toModelEvents(events: AsyncGenerator<ModelManagementEvent>): AsyncGenerator<WireModelEvent> {
  for await (const { type, model, atMs, tookMs, reason } of events) {
    yield {
      type: wireTypes[type],
      model,
      created_at: Math.floor(atMs / 1000),
      ...(tookMs === undefined ? {} : { took_ms: Math.round(tookMs) }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}
