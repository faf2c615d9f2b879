import type { InstalledModel } from '../catalog/library/installed-model.ts';

/** A sentence about what a model's source sets and this server does not use; undefined where there is nothing. */
export function describeUnusedDefaults({
  unusedNames,
}: Pick<InstalledModel, 'unusedNames'>): string | undefined {
  if (unusedNames.length === 0) return undefined;
  return `Of the defaults that come with it these are not used: ${unusedNames.join(', ')}.`;
}
