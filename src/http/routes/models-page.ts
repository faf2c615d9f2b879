import { toModel } from '../../protocol/openai/models/model.ts';
import { toModelView } from '../../protocol/openai/models/model-view.ts';
import { parseModelsQuery } from '../../protocol/openai/models/models-query.ts';
import { listPullableFamilies } from '../../service/models/pullable-models.ts';
import type { HttpLimits } from '../http-limits.ts';
import { renderModelsPage } from '../pages/models-page.ts';
import { noAssets } from '../pages/page-assets.ts';
import { sendPage } from '../pages/send-page.ts';
import { toIgnoredHeaders } from '../read-body.ts';
import type { Handler, HttpServices } from '../route.ts';
import { toServerUrl } from '../server-url.ts';

/** GET /models: what this server serves and what it can pull, for people. */
export function createModelsPageHandler(
  {
    models,
    inventory,
    commandName,
    build,
    console,
  }: Pick<HttpServices, 'models' | 'inventory' | 'commandName' | 'build' | 'console'>,
  { publicUrl, modelMemoryBytesMax }: Pick<HttpLimits, 'publicUrl' | 'modelMemoryBytesMax'>,
): Handler {
  return async (request, reply) => {
    const { fields, ignoredParameters } = parseModelsQuery(request.query as Record<string, unknown>);
    const served = await models.list(request.state.caller?.key);
    const { models: listed } = await inventory.list();
    const names = served.filter(({ aliasOf }) => aliasOf === undefined).map(({ name }) => name);
    const page = renderModelsPage({
      served: served.map((entry) => {
        const { isDefault, needBytes, fit } = listed.find(({ name }) => name === entry.name) ?? {};
        return { view: toModelView(toModel(entry)), isDefault: isDefault === true, needBytes, fit };
      }),
      families: listPullableFamilies(names, modelMemoryBytesMax),
      filter: fields,
      commandName,
      serverUrl: toServerUrl(request, publicUrl),
      assets: build?.pages?.models ?? noAssets,
      hasConsole: console !== undefined,
    });
    reply.headers(toIgnoredHeaders(ignoredParameters));
    return sendPage(reply, page);
  };
}
