import type { InstalledModel } from '../catalog/library/installed-model.ts';

/**
 * A sentence about the defaults of a model that this server does not use. Undefined if it uses all of them.
 */
export function describeUnusedDefaults({
  unusedNames,
}: Pick<InstalledModel, 'unusedNames'>): string | undefined {
  if (unusedNames.length === 0) return undefined;
  return `These defaults of the model are not used: ${unusedNames.join(', ')}.`;
}
