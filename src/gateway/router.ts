import type { Backend } from '../backend/backend.ts';
import type { ModelFacts } from '../backend/model-facts.ts';

/** A public model name, what is known of the model, and the backend that serves it. */
export interface RoutedModel {
  /** The name that clients ask for. */
  readonly name: string;
  /** The model behind an alias. Undefined if it is not an alias. */
  readonly aliasOf: string | undefined;
  /** How operators call it, whatever name it was asked for by: in records, and in errors about what it can't do. */
  readonly deploymentName: string;
  readonly ownedBy: string;
  readonly createdAtSeconds: number;
  /** `engine`: in this service; `upstream`: a remote server. */
  readonly backendKind: 'engine' | 'upstream';
  readonly facts: ModelFacts;
  readonly backend: Backend;
}

/** Deployments that come and go while the server runs. */
export interface RoutedModelSource {
  /** As of the last refresh. */
  current(): readonly RoutedModel[];
  /** Looks again. */
  refresh(): Promise<void>;
}

/** Finds models by name. Never another model's: a name that is not there is not there. */
export interface Router {
  find(modelName: string): Promise<RoutedModel | undefined>;
  list(): Promise<readonly RoutedModel[]>;
  /** All names that this one may stand for, itself first; of models that are not there, too. */
  listNames(modelName: string): readonly string[];
}

/**
 * An alias is looked up before a model of that name, and in the moment that it is asked for: its model may come and go.
 * A name that is not known makes the source look again, for another process may have pulled a model. It may then stand
 * for a longer one: `toFullName` says for which.
 */
export function createRouter(
  source: RoutedModelSource,
  aliases: Readonly<Record<string, string>>,
  toFullName = (modelName: string) => modelName,
): Router {
  function findNow(modelName: string): RoutedModel | undefined {
    const aliasOf = Object.hasOwn(aliases, modelName) ? aliases[modelName] : undefined;
    const model = source.current().find(({ name }) => name === (aliasOf ?? modelName));
    return model && aliasOf !== undefined ? { ...model, name: modelName, aliasOf } : model;
  }

  return {
    listNames: (modelName) => {
      const aliasOf = Object.hasOwn(aliases, modelName) ? aliases[modelName] : undefined;
      return [...new Set([modelName, aliasOf ?? toFullName(modelName)])];
    },
    find: async (modelName) => {
      const found = findNow(modelName);
      if (found !== undefined) return found;
      await source.refresh();
      return findNow(modelName) ?? findNow(toFullName(modelName));
    },
    list: async () => {
      await source.refresh();
      const own = source.current().filter(({ name }) => !Object.hasOwn(aliases, name));
      const aliased = Object.keys(aliases).map(findNow);
      return [...own, ...aliased.filter((model) => model !== undefined)];
    },
  };
}

/** Deployments that stay as they are. */
export function createFixedSource(models: readonly RoutedModel[]): RoutedModelSource {
  return { current: () => models, refresh: async () => undefined };
}

/**
 * @throws AliasError for an alias that hides a model, or that stands for none
 */
export function assertAliases(aliases: Readonly<Record<string, string>>, served: readonly string[]): void {
  for (const [name, target] of Object.entries(aliases)) {
    if (served.includes(name) || !served.includes(target)) throw new AliasError(name, target, served);
  }
}

/** An alias that hides a model, or that stands for none. */
export class AliasError extends Error {
  constructor(name: string, target: string, served: readonly string[]) {
    super(
      served.includes(name)
        ? `The alias ${name} has the name of a model that is served; choose another name.`
        : `The alias ${name} stands for ${target}, which is not served; served: ${served.join(', ')}.`,
    );
    this.name = 'AliasError';
  }
}
