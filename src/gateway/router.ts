import type { Backend } from '../backend/backend.ts';

/** A public model name bound to the backend that serves it. */
export interface Deployment {
  /** The name that clients ask for. */
  readonly name: string;
  /** The model that an alias stands for; undefined for a model of its own. */
  readonly aliasOf: string | undefined;
  readonly ownedBy: string;
  readonly createdAtSeconds: number;
  readonly backend: Backend;
}

/** Finds the deployment of a model name. Never another model's: a name that is not there is not there. */
export interface Router {
  find(modelName: string): Deployment | undefined;
  list(): readonly Deployment[];
}

export function createRouter(
  models: readonly Deployment[],
  aliases: Readonly<Record<string, string>>,
): Router {
  const byName = new Map(models.map((deployment) => [deployment.name, deployment]));
  for (const [name, target] of Object.entries(aliases)) {
    const deployment = byName.get(target);
    if (deployment === undefined || byName.has(name)) {
      throw new AliasError(name, target, [...byName.keys()]);
    }
    byName.set(name, { ...deployment, name, aliasOf: target });
  }
  return { find: (modelName) => byName.get(modelName), list: () => [...byName.values()] };
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
