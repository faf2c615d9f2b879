import type { FastifyReply, FastifyRequest } from 'fastify';
import { toModel } from '../../protocol/openai/models/model.ts';
import { toModelView } from '../../protocol/openai/models/model-view.ts';
import { parseModelsQuery } from '../../protocol/openai/models/models-query.ts';
import type { ModelService } from '../../service/models/models.ts';
import { listPullableFamilies } from '../../service/models/pullable-models.ts';
import { renderModelsPage } from '../pages/models-page.ts';
import { modelsScript } from '../pages/models-script.ts';
import { modelsStylesheet } from '../pages/models-stylesheet.ts';
import { sendPageText } from '../pages/send-page-text.ts';
import { toPagePolicy } from '../pages/to-page-policy.ts';
import { toIgnoredHeaders } from '../read-body.ts';
import { toServerUrl } from '../server-url.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** The form comes back here. */
const contentSecurityPolicy = toPagePolicy({ 'script-src': "'self'", 'form-action': "'self'" });

export interface ModelsPageSettings {
  /** By which people start this program on its machine. */
  readonly commandName: string;
  readonly publicUrl?: string | undefined;
  /** Memory that all models may take together, in bytes; undefined: a share of the machine's. */
  readonly modelMemoryBytesMax?: number | undefined;
}

/** GET /models: what this server serves and what it can pull, for people. */
export function createModelsPageHandler(
  models: ModelService,
  { commandName, publicUrl, modelMemoryBytesMax }: ModelsPageSettings,
): Handler {
  return async (request, reply) => {
    const { filter, ignoredParameters } = parseModelsQuery(request.query as Record<string, unknown>);
    const served = await models.list(request.state.caller?.key);
    const names = served.filter(({ aliasOf }) => aliasOf === undefined).map(({ name }) => name);
    const content = renderModelsPage({
      served: served.map((entry) => toModelView(toModel(entry))),
      families: listPullableFamilies(names, modelMemoryBytesMax),
      filter,
      commandName,
      serverUrl: toServerUrl(request, publicUrl),
    });
    reply.headers(toIgnoredHeaders(ignoredParameters));
    return sendPageText(reply, { type: 'text/html; charset=utf-8', content, contentSecurityPolicy });
  };
}

/** The files that the page loads, by name below /models/. */
export const modelsAssetHandlers: Readonly<Record<string, Handler>> = {
  'page.js': async (_request, reply) =>
    sendPageText(reply, {
      type: 'text/javascript; charset=utf-8',
      content: modelsScript,
      contentSecurityPolicy,
    }),
  'page.css': async (_request, reply) =>
    sendPageText(reply, {
      type: 'text/css; charset=utf-8',
      content: modelsStylesheet,
      contentSecurityPolicy,
    }),
};
