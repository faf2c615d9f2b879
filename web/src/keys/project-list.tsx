import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { toErrorText } from '../api/api-error.ts';
import { keysQuery, projectsQuery } from '../api/key-queries.ts';
import type { ApiKey, Project } from '../api/key-wire.ts';
import { useWholeList } from '../api/list-query.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatCount } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { createWordSearch } from '../ui/search-words.ts';
import { Table, type TableColumn } from '../ui/table.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { LimitsAtAGlance } from './limits-at-a-glance.tsx';
import { CreateProjectDialog, ProjectDialog } from './project-dialog.tsx';

export function ProjectList() {
  const projects = useWholeList(projectsQuery);
  const keys = useWholeList(keysQuery);
  const [, setSearch] = useSearchParams();
  const [text, setText] = useState('');
  const [opened, setOpened] = useState<Project | 'new'>();
  const close = () => setOpened(undefined);
  const isFound = createWordSearch(text);
  const found = (projects.data ?? []).filter(({ name, id, metadata }) =>
    isFound([name, id, ...Object.entries(metadata).flat()].join('\n')),
  );
  return (
    <div className="list">
      <search className="filters" aria-label="Projects">
        <SearchInput
          label="Search projects"
          placeholder="Search by name or id…"
          value={text}
          onChange={setText}
        />
        <span className="filters-action">
          <Button look="primary" icon={<Plus aria-hidden="true" />} onClick={() => setOpened('new')}>
            New project
          </Button>
        </span>
      </search>
      {projects.isError && <Notice kind="error">{toErrorText(projects.error)}</Notice>}
      {projects.isPending ? (
        <TableSkeleton label="Loading the projects" rows={3} />
      ) : (
        <Table
          label="Projects"
          columns={toColumns(countKeys(keys.data ?? []), setOpened, (id) => setSearch({ project: id }))}
          rows={found}
          toKey={({ id }) => id}
          empty={<EmptyState title="No project fits">Search for something else.</EmptyState>}
        />
      )}
      {opened === 'new' && <CreateProjectDialog onClose={close} />}
      {opened !== undefined && opened !== 'new' && <ProjectDialog project={opened} onClose={close} />}
    </div>
  );
}

/** By id of the project. */
function countKeys(keys: readonly ApiKey[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { project } of keys) counts.set(project, (counts.get(project) ?? 0) + 1);
  return counts;
}

function toColumns(
  keyCounts: ReadonlyMap<string, number>,
  onOpen: (project: Project) => void,
  onShowKeys: (id: string) => void,
): readonly TableColumn<Project>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      render: (project) => (
        <button type="button" className="link-button" onClick={() => onOpen(project)}>
          {project.name}
        </button>
      ),
    },
    {
      id: 'keys',
      title: 'Keys',
      render: ({ id, name }) => (
        <button type="button" className="link-button" onClick={() => onShowKeys(id)}>
          {formatCount(keyCounts.get(id) ?? 0)}
          <span className="unseen"> keys of {name}</span>
        </button>
      ),
    },
    { id: 'limits', title: 'Limits and budget', render: (project) => <LimitsAtAGlance {...project} /> },
    { id: 'created', title: 'Created', render: (project) => <Time unixSeconds={project.created_at} /> },
  ];
}
