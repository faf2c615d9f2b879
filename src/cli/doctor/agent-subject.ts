import { openModelLibrary } from '../../app/open-model-library.ts';
import { toModelFacts } from '../../app/to-model-facts.ts';
import type { InstalledModel } from '../../catalog/library/installed-model.ts';
import type { Config } from '../../config/config.ts';
import { readServedModels, type ServedModel } from '../../protocol/openai/models/read-served-models.ts';
import { askServer } from '../ask-server.ts';
import { chooseServedModel } from '../choose-served-model.ts';
import { findInstalledModel } from '../find-installed-model.ts';
import { findServerKey } from '../server-address.ts';
import { toLocalUrl } from '../to-local-url.ts';

/** What the checks for agents look at: a server, or the settings that one would start with. */
export interface AgentSubject {
  readonly config: Config;
  readonly serverUrl: string;
  /** It is the server of these settings. */
  readonly isLocal: boolean;
  readonly key: string | undefined;
  /** The status of its list of models. Undefined: no server answers. */
  readonly status: number | undefined;
  /** Undefined: there is no Gravix server, or it does not show its models. */
  readonly served: readonly ServedModel[] | undefined;
  readonly modelName: string;
  /** The model of the checks, as it is served. */
  readonly model: ServedModel | undefined;
  /** The same, if its files are on this machine. */
  readonly installed: InstalledModel | undefined;
  /** Of one request. Undefined: not known. */
  readonly contextLength: number | undefined;
}

/** @param wanted the model that the user named */
export async function findAgentSubject(
  config: Config,
  serverUrl: string,
  wanted?: string,
): Promise<AgentSubject> {
  const isLocal = serverUrl === toLocalUrl(config);
  const key = await findServerKey(config, serverUrl);
  const answer = await askServer({ url: `${serverUrl}/v1/models`, key });
  const served = answer?.status === 200 ? readServedModels(answer.body) : undefined;
  const model = chooseServedModel(served ?? [], { wanted, usual: config.model });
  const modelName = model?.id ?? wanted ?? config.model;
  const installed = isLocal ? await findInstalledModel(openModelLibrary(config), modelName) : undefined;
  const settings = installed === undefined ? undefined : toModelFacts(installed, config);
  return {
    config,
    serverUrl,
    isLocal,
    key,
    status: answer?.status,
    served,
    model,
    modelName,
    installed,
    contextLength: model === undefined ? settings?.contextLength : model.contextLength,
  };
}
