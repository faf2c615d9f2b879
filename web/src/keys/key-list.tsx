import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { keysQuery, projectsQuery, useProjectNames } from '../api/key-queries.ts';
import type { ApiKey, CreatedKey } from '../api/key-wire.ts';
import { useWholeList } from '../api/list-query.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { useSearchFields } from '../ui/use-search-fields.ts';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { filterKeys, type KeyFilter } from './filter-keys.ts';
import { KeyDialog } from './key-dialog.tsx';
import { KeyFilters } from './key-filters.tsx';
import { KeyTable } from './key-table.tsx';
import { SecretDialog } from './secret-dialog.tsx';

type Layer = { readonly type: 'create' } | { readonly type: 'secret'; readonly created: CreatedKey };

export function KeyList() {
  const keys = useWholeList(keysQuery);
  const projects = useWholeList(projectsQuery);
  const { search, change } = useSearchFields();
  const [text, setText] = useState('');
  const [status, setStatus] = useState<KeyFilter['status']>('all');
  const [layer, setLayer] = useState<Layer>();
  const projectNames = useProjectNames();
  const project = search.get('project') ?? 'all';
  const found = filterKeys(keys.data ?? [], { text, status, project }, projectNames);
  const opened = (keys.data ?? []).find(({ id }) => id === search.get('key'));
  return (
    <div className="list">
      <KeyFilters
        filter={{ text, status, project }}
        projects={projects.data ?? []}
        onText={setText}
        onStatus={setStatus}
        onProject={(next) => change('project', next === 'all' ? undefined : next)}
        action={
          <Button
            look="primary"
            icon={<Plus aria-hidden="true" />}
            onClick={() => setLayer({ type: 'create' })}
          >
            New key
          </Button>
        }
      />
      {keys.isError && <Notice kind="error">{toErrorText(keys.error)}</Notice>}
      {keys.isPending ? (
        <TableSkeleton label="Loading the keys" rows={5} />
      ) : (
        <KeyTable
          keys={found}
          projectNames={projectNames}
          onOpen={({ id }) => change('key', id)}
          empty={<NoKeys keys={keys.data ?? []} />}
        />
      )}
      {layer?.type === 'create' && (
        <CreateKeyDialog
          projects={projects.data ?? []}
          onClose={() => setLayer(undefined)}
          onCreated={(created) => setLayer({ type: 'secret', created })}
        />
      )}
      {layer?.type === 'secret' && (
        <SecretDialog created={layer.created} onClose={() => setLayer(undefined)} />
      )}
      {opened !== undefined && (
        <KeyDialog
          key={opened.id}
          apiKey={opened}
          projects={projects.data ?? []}
          onClose={() => change('key', undefined)}
          onRotated={(created) => {
            change('key', undefined);
            setLayer({ type: 'secret', created });
          }}
        />
      )}
    </div>
  );
}

function NoKeys({ keys }: { readonly keys: readonly ApiKey[] }) {
  return (
    <EmptyState
      icon={<KeyRound aria-hidden="true" />}
      title={keys.length === 0 ? 'There is no key yet' : 'No key fits'}
    >
      {keys.length === 0
        ? 'Create one for each person or program that uses this server.'
        : 'Search for fewer words, or choose another status or project.'}
    </EmptyState>
  );
}
