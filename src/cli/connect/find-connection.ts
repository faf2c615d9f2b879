import { openModelLibrary } from '../../app/open-model-library.ts';
import { toModelFacts } from '../../app/to-model-facts.ts';
import type { Config } from '../../config/config.ts';
import { readServedModels, type ServedModel } from '../../protocol/openai/models/read-served-models.ts';
import { askServer } from '../ask-server.ts';
import { chooseServedModel } from '../choose-served-model.ts';
import { findInstalledModel } from '../find-installed-model.ts';
import { isLocalServer } from '../server-address.ts';
import type { Client, Connection } from './client.ts';
import { contextTokensAssumed } from './provider-name.ts';

export interface ConnectionWish {
  readonly serverUrl: string;
  readonly key: string | undefined;
  readonly keyVariable: string;
  /** Undefined: see `chooseServedModel`; without a server, the default model of the settings. */
  readonly model: string | undefined;
}

export interface FoundConnection {
  readonly connection: Connection;
  /** Sentences about what will not work well. */
  readonly warnings: readonly string[];
}

/** An answer takes at most this share of the context, and at most this many tokens. */
const answerShare = 1 / 4;
const answerTokensMax = 8192;

type KnownModel = Pick<ServedModel, 'id' | 'contextLength'> & {
  readonly capabilities: Pick<ServedModel['capabilities'], 'chat' | 'tools' | 'reasoning'>;
};

/** Of a model that can't be asked. */
const assumedFacts: Omit<KnownModel, 'id'> = {
  contextLength: undefined,
  capabilities: { chat: true, tools: true, reasoning: false },
};

/**
 * Asks the server for the model; a server that does not run yet is described by the settings.
 * @throws Error if there is no such model
 */
export async function findConnection(
  config: Config,
  { serverUrl, key, keyVariable, model }: ConnectionWish,
): Promise<FoundConnection> {
  const { known, warning } = await findModel(config, { serverUrl, key, model });
  const { id, contextLength, capabilities } = known;
  if (!capabilities.chat) throw new Error(`The model ${id} writes no text. Choose another one with --model.`);
  const connection: Connection = {
    serverUrl,
    openaiUrl: `${serverUrl}/v1`,
    model: id,
    keyVariable,
    contextLength,
    answerTokens: Math.min(
      answerTokensMax,
      Math.floor((contextLength ?? contextTokensAssumed) * answerShare),
    ),
    callsTools: capabilities.tools,
    reasons: capabilities.reasoning,
  };
  return { connection, warnings: warning === undefined ? [] : [warning] };
}

interface FoundModel {
  readonly known: KnownModel;
  readonly warning?: string;
}

async function findModel(
  config: Config,
  { serverUrl, key, model }: Pick<ConnectionWish, 'serverUrl' | 'key' | 'model'>,
): Promise<FoundModel> {
  const answer = await askServer({ url: `${serverUrl}/v1/models`, key });
  const served = readServedModels(answer?.body);
  if (served !== undefined) return { known: chooseServed(served, config, { serverUrl, model }) };
  const warning =
    answer === undefined
      ? `No server answers at ${serverUrl}. The configuration is for a server that will run there.`
      : answer.status === 401 || answer.status === 403
        ? `The server at ${serverUrl} refused to list its models: it needs a key.`
        : `The program at ${serverUrl} is not a Gravix server, or a proxy is in between (status ${answer.status}).`;
  if (isLocalServer(config, serverUrl)) return { known: await findInstalled(config, model), warning };
  if (model === undefined) throw new Error(`${warning} Name a model with --model.`);
  return { known: { id: model, ...assumedFacts }, warning };
}

function chooseServed(
  served: readonly ServedModel[],
  config: Config,
  { serverUrl, model }: Pick<ConnectionWish, 'serverUrl' | 'model'>,
): ServedModel {
  const found = chooseServedModel(served, { wanted: model, usual: config.model });
  if (found !== undefined) return found;
  const writers = served.filter(({ capabilities }) => capabilities.chat);
  const names = writers.map(({ id }) => id);
  throw new Error(
    names.length === 0
      ? `The server at ${serverUrl} has no model. \`gravix pull\` installs one.`
      : `The server at ${serverUrl} has no model ${model ?? config.model}. It has ${listNames(names)}; choose one with --model.`,
  );
}

/** Names in an error, at most. */
const namesMax = 10;

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, namesMax).join(', ');
  return names.length > namesMax ? `${shown} and ${names.length - namesMax} more` : shown;
}

/** A model of this machine, or one that the settings serve from another server. */
async function findInstalled(config: Config, wanted: string | undefined): Promise<KnownModel> {
  const name = wanted ?? config.model;
  const installed = await findInstalledModel(openModelLibrary(config), name);
  if (installed !== undefined) {
    const { contextLength, capabilities } = toModelFacts(installed, config);
    return { id: installed.name, contextLength, capabilities };
  }
  const isConfigured = config.models.some((model) => model.name === name);
  if (!isConfigured) {
    throw new Error(
      `The model ${name} is not installed. \`gravix pull ${name}\` installs it, or choose another one with --model.`,
    );
  }
  return { id: name, ...assumedFacts };
}

/** What the client lacks with this model. */
export function findShortcomings(
  { title, contextTokensMin }: Client,
  { model, contextLength, callsTools }: Connection,
): readonly string[] {
  const warnings: string[] = [];
  if (contextTokensMin === 0) return warnings;
  const way = `Set it with \`gravix serve --context-length ${contextTokensMin}\`, for a model that was trained for as many.`;
  if (contextLength === undefined) {
    warnings.push(
      `The context of ${model} is not known. ${title} needs ${toTokens(contextTokensMin)} or more.`,
    );
  } else if (contextLength < contextTokensMin) {
    warnings.push(
      `The context of ${model} has ${toTokens(contextLength)}, and ${title} needs ${toTokens(contextTokensMin)} or more. ${way}`,
    );
  }
  if (!callsTools) warnings.push(`${model} can't call tools, so ${title} can't work with files.`);
  return warnings;
}

function toTokens(count: number): string {
  return `${count.toLocaleString('en-US')} tokens`;
}
