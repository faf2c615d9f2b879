import { type Budget, type KeyScope, keyScopes, type UsageLimits } from '../../store/key-policy.ts';
import { defaultProjectId, type OwnedKey } from '../../store/stored-key.ts';

/** The holder of a valid key: its permissions and limits. */
export interface KeyIdentity {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly scopes: readonly KeyScope[];
  /** Names of models, or patterns with `*`; undefined: every model. */
  readonly models: readonly string[] | undefined;
  readonly limits: UsageLimits;
  readonly budget: Budget | undefined;
  /** They hold for all keys of the project together. */
  readonly projectLimits: UsageLimits;
  readonly projectBudget: Budget | undefined;
}

/** The id for the key from the environment. It has no record in the store. */
export const environmentKeyId = 'environment';

/** The operator's own key: it may do everything, and has no limits of its own. */
export const environmentIdentity: KeyIdentity = {
  id: environmentKeyId,
  name: environmentKeyId,
  projectId: defaultProjectId,
  projectName: defaultProjectId,
  scopes: keyScopes,
  models: undefined,
  limits: {},
  budget: undefined,
  projectLimits: {},
  projectBudget: undefined,
};

/** @param project the default project, to which the key belongs; undefined: nothing is known of it */
export function toEnvironmentIdentity(
  project: Pick<OwnedKey['project'], 'name' | 'limits' | 'budget'> | undefined,
): KeyIdentity {
  if (project === undefined) return environmentIdentity;
  const { name: projectName, limits: projectLimits, budget: projectBudget } = project;
  return { ...environmentIdentity, projectName, projectLimits, projectBudget };
}

export function toKeyIdentity({ key, project }: OwnedKey): KeyIdentity {
  return {
    id: key.id,
    name: key.name,
    projectId: project.id,
    projectName: project.name,
    scopes: key.scopes,
    models: key.models,
    limits: key.limits,
    budget: key.budget,
    projectLimits: project.limits,
    projectBudget: project.budget,
  };
}

/** Whether one of the names by which a model is known matches a pattern of the key; `*` stands for any characters. */
export function mayUseModel({ models }: Pick<KeyIdentity, 'models'>, names: readonly string[]): boolean {
  return models === undefined || models.some((pattern) => names.some((name) => matches(pattern, name)));
}

/** Without a regular expression: the time that one takes may grow fast with the stars of a pattern. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (name.length < first.length + last.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
