import type { Command } from 'commander';
import type { ProjectRecord } from '../service/keys/api-key.ts';
import type { ProjectService } from '../service/keys/projects.ts';
import { toCommandActor } from './command-actor.ts';
import type { KeysCommandOptions } from './keys-command.ts';
import {
  addPolicyOptions,
  type PolicyFlags,
  toBudgetChanges,
  toLimitChanges,
  toMetadataPairs,
  toNewLimits,
} from './policy-options.ts';
import { toBudgetWords, toIsoTime, toLimitWords, toPublicBudget, toRows, writeJson } from './show-policy.ts';
import { toTable } from './to-table.ts';

interface ProjectFlags extends PolicyFlags {
  readonly json?: true;
}

type Actor = ReturnType<typeof toCommandActor>;

/** Adds `gravix projects create|list|show|rename|update|delete`; it fails as `gravix keys` does. */
export function registerProjectsCommand(program: Command, options: KeysCommandOptions): void {
  const projects = program.command('projects').description('make, list, change and delete projects of keys');
  const add = (name: string, description: string) =>
    projects.command(name).description(description).option('--json', 'print JSON');
  const idOrName = ['<id-or-name>', 'the id or the name'] as const;
  const show = (flags: ProjectFlags, use: ProjectUse) => showProject(options, flags, use);

  addPolicyOptions(add('create', 'make a project'), false)
    .argument('<name>', 'what it is called; no other project has it')
    .action((name: string, flags: ProjectFlags) =>
      show(flags, (service, actor) => service.create(toNewProject(name, flags, options.now()), actor)),
    );
  add('list', 'show all projects').action((flags: ProjectFlags) => listProjects(options, flags));
  add('show', 'show everything that is known of a project')
    .argument(...idOrName)
    .action((name: string, flags: ProjectFlags) => show(flags, (service) => service.find(name)));
  add('rename', 'give a project another name')
    .argument(...idOrName)
    .argument('<new-name>', 'what it is called from now on')
    .action((name: string, newName: string, flags: ProjectFlags) =>
      show(flags, async (service, actor) =>
        service.update((await service.find(name)).id, { name: newName }, actor),
      ),
    );
  addPolicyOptions(add('update', 'change what the keys of a project may use together'), true)
    .argument(...idOrName)
    .action((name: string, flags: ProjectFlags) =>
      show(flags, async (service, actor) =>
        service.update((await service.find(name)).id, toChanges(flags, options.now()), actor),
      ),
    );
  add('delete', 'forget a project that has no keys')
    .argument(...idOrName)
    .action((name: string, flags: ProjectFlags) => deleteProject(options, name, flags));
}

type ProjectUse = (service: ProjectService, actor: Actor) => Promise<ProjectRecord>;

function toNewProject(name: string, flags: ProjectFlags, nowMs: number) {
  return {
    name,
    limits: toNewLimits(flags),
    budget: toBudgetChanges(flags, nowMs) ?? undefined,
    metadata: toMetadataPairs(flags),
  };
}

function toChanges(flags: ProjectFlags, nowMs: number) {
  return {
    limits: toLimitChanges(flags),
    budget: toBudgetChanges(flags, nowMs),
    metadata: toMetadataPairs(flags),
  };
}

async function showProject(
  options: KeysCommandOptions,
  { json }: ProjectFlags,
  use: ProjectUse,
): Promise<void> {
  const project = await withProjects(options, use);
  if (json) {
    writeJson(options.output, toPublicProject(project));
    return;
  }
  const metadata = Object.entries(project.metadata).map(([key, value]) => `${key}=${value}`);
  options.output.write(
    toRows([
      ['id', project.id],
      ['name', project.name],
      ['limits', toLimitWords(project.limits)],
      ['budget', toBudgetWords(project.budget)],
      ['metadata', metadata.join(', ') || 'none'],
      ['created', toIsoTime(project.createdAtMs)],
    ]),
  );
}

async function listProjects(options: KeysCommandOptions, { json }: ProjectFlags): Promise<void> {
  const projects = await withProjects(options, (service) => service.list());
  if (json) {
    writeJson(options.output, projects.map(toPublicProject));
    return;
  }
  const rows = projects.map(({ id, name, limits, budget, createdAtMs }) => [
    ...[id, name, toIsoTime(createdAtMs), toLimitWords(limits), toBudgetWords(budget)],
  ]);
  options.output.write(toTable(['ID', 'NAME', 'CREATED', 'LIMITS', 'BUDGET'], rows));
}

async function deleteProject(
  options: KeysCommandOptions,
  idOrName: string,
  { json }: ProjectFlags,
): Promise<void> {
  const project = await withProjects(options, async (service, actor) =>
    service.remove((await service.find(idOrName)).id, actor),
  );
  if (json) writeJson(options.output, toPublicProject(project));
  else options.output.write(`Deleted ${project.id} ("${project.name}").\n`);
}

function toPublicProject({ createdAtMs, budget, deletedAtMs: _deletion, ...plain }: ProjectRecord) {
  return { ...plain, budget: toPublicBudget(budget), createdAt: toIsoTime(createdAtMs) };
}

async function withProjects<Result>(
  { openKeyService }: KeysCommandOptions,
  use: (service: ProjectService, actor: Actor) => Promise<Result>,
): Promise<Result> {
  const opened = await openKeyService();
  try {
    return await use(opened.service.projects, toCommandActor());
  } finally {
    await opened.close();
  }
}
