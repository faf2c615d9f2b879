import type { FastifyReply, FastifyRequest } from 'fastify';
import { toWireConfigReload } from '../../protocol/openai/admin/config-reload.ts';
import { toSettingList } from '../../protocol/openai/admin/settings.ts';
import type { ConfigReload } from '../../service/config-reload.ts';
import { toActor } from '../request-state.ts';
import type { Handler, HttpServices } from '../route.ts';

/** GET /admin/settings */
export function createSettingsHandler(listSettings: HttpServices['listSettings']): Handler {
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply.send(toSettingList(listSettings()));
}

/** POST /admin/config/reload: the answer comes when the new configuration is in effect. */
export function createReloadConfigHandler(config: ConfigReload) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    reply.send(toWireConfigReload(await config.reload(toActor(request))));
}
