import { randomBytes } from 'node:crypto';
import type { AuditActor } from '../../store/audit-entry.ts';
import type { UsageLimits } from '../../store/key-policy.ts';
import type { KeyStore, KeyTransaction, PageQuery } from '../../store/key-store.ts';
import { defaultProjectId, type StoredProject } from '../../store/stored-key.ts';
import { assertName, assertPolicy } from './assert-key-fields.ts';
import { commandLineActor, createAuditEntry, listChanges } from './audit.ts';
import { assertRoomForProject, type KeyCounts } from './key-counts.ts';
import { type BudgetChanges, type LimitChanges, mergeBudget, mergeLimits } from './key-policy.ts';
import { KeyServiceError } from './key-service-error.ts';
import { type FullPage, toFullPage } from './pages.ts';

export interface NewProject {
  /** 1–100 characters, unique. */
  readonly name: string;
  readonly limits?: UsageLimits;
  readonly budget?: BudgetChanges | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Null takes a value away. */
export interface ProjectChanges {
  readonly name?: string | undefined;
  readonly limits?: LimitChanges | null | undefined;
  readonly budget?: BudgetChanges | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Failures of the storage come through as `StoreError`, everything else that is refused as `KeyServiceError`. */
export interface ProjectService {
  create(project: NewProject, actor?: AuditActor): Promise<StoredProject>;
  get(id: string): Promise<StoredProject>;
  /** By id, else by name. */
  find(idOrName: string): Promise<StoredProject>;
  list(): Promise<readonly StoredProject[]>;
  listPage(query: PageQuery): Promise<FullPage<StoredProject>>;
  update(id: string, changes: ProjectChanges, actor?: AuditActor): Promise<StoredProject>;
  /** Refused while keys belong to it; `default` stays. */
  remove(id: string, actor?: AuditActor): Promise<StoredProject>;
}

export interface ProjectServiceOptions {
  readonly store: KeyStore;
  readonly now: () => number;
  readonly counts: KeyCounts;
  /** Runs after each change. */
  readonly change: KeyStore['change'];
}

export function createProjectService({ store, now, change, counts }: ProjectServiceOptions): ProjectService {
  return {
    create: (project, actor = commandLineActor) =>
      change(async (transaction) => {
        const atMs = now();
        const made = toNewProject(project, atMs);
        await assertFreeName(transaction, made);
        await assertRoomForProject(transaction, counts);
        await transaction.insertProject(made);
        const changes = listChanges({}, made);
        await transaction.insertAuditEntry(
          createAuditEntry({ actor, action: 'project.created', atMs, object: made, changes }),
        );
        return made;
      }),

    get: async (id) => (await store.findProject(id)) ?? failUnknown(),

    find: async (idOrName) => {
      const projects = await store.listProjects();
      return (
        projects.find(({ id }) => id === idOrName) ??
        projects.find(({ name }) => name === idOrName) ??
        failUnknown()
      );
    },

    list: () => store.listProjects(),

    listPage: async (query) => toFullPage(await store.listProjectPage(query), query),

    update: (id, changes, actor = commandLineActor) =>
      change(async (transaction) => {
        const before = (await transaction.findProject(id)) ?? failUnknown();
        const atMs = now();
        const after: StoredProject = {
          ...before,
          name: changes.name ?? before.name,
          limits: mergeLimits(before.limits, changes.limits),
          budget: mergeBudget(before.budget, changes.budget, atMs),
          metadata: changes.metadata ?? before.metadata,
        };
        assertName(after.name, 'project');
        assertPolicy(after);
        await assertFreeName(transaction, after);
        return await replace(transaction, before, after, { actor, action: 'project.updated', atMs });
      }),

    remove: (id, actor = commandLineActor) =>
      change(async (transaction) => {
        const before = (await transaction.findProject(id)) ?? failUnknown();
        await assertUnused(transaction, before);
        const atMs = now();
        const after = { ...before, deletedAtMs: atMs };
        return await replace(transaction, before, after, { actor, action: 'project.deleted', atMs });
      }),
  };
}

const unknownProject = 'No project has this id or name. `gravix projects list` shows the projects there are.';

/** The project that a key is to belong to, by id, else by name. */
export async function findProjectOf(transaction: KeyTransaction, idOrName: string): Promise<StoredProject> {
  const project =
    (await transaction.findProject(idOrName)) ?? (await transaction.findProjectByName(idOrName));
  if (project !== undefined) return project;
  throw new KeyServiceError('invalid_project', unknownProject);
}

function toNewProject(
  { name, limits = {}, budget, metadata = {} }: NewProject,
  createdAtMs: number,
): StoredProject {
  const project = {
    id: `proj_${randomBytes(8).toString('hex')}`,
    name,
    limits,
    budget: mergeBudget(undefined, budget, createdAtMs),
    metadata,
    createdAtMs,
    deletedAtMs: undefined,
  };
  assertName(name, 'project');
  assertPolicy(project);
  return project;
}

async function replace(
  transaction: KeyTransaction,
  before: StoredProject,
  after: StoredProject,
  { actor, action, atMs }: { actor: AuditActor; action: 'project.updated' | 'project.deleted'; atMs: number },
): Promise<StoredProject> {
  await transaction.replaceProject(after);
  const changes = listChanges(before, after);
  await transaction.insertAuditEntry(createAuditEntry({ actor, action, atMs, object: after, changes }));
  return after;
}

async function assertFreeName(transaction: KeyTransaction, { id, name }: StoredProject): Promise<void> {
  const named = await transaction.findProjectByName(name);
  if (named !== undefined && named.id !== id) {
    throw new KeyServiceError('name_taken', `There is a project named "${name}" already.`);
  }
}

async function assertUnused(transaction: KeyTransaction, { id, name }: StoredProject): Promise<void> {
  if (id === defaultProjectId) {
    throw new KeyServiceError(
      'project_in_use',
      'The default project stays: keys that name no other belong to it.',
    );
  }
  const keys = (await transaction.listKeys()).filter(({ projectId }) => projectId === id);
  if (keys.length > 0) {
    throw new KeyServiceError(
      'project_in_use',
      `The project "${name}" has ${keys.length === 1 ? 'a key' : `${keys.length} keys`}. Delete them, or move them to another project, first.`,
    );
  }
}

function failUnknown(): never {
  throw new KeyServiceError('unknown_project', unknownProject);
}
