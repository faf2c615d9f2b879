import { useInfiniteQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { toErrorText } from '../api/api-error.ts';
import { auditQuery, useProjectNames } from '../api/key-queries.ts';
import type { AuditEntry } from '../api/key-wire.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatCode } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import { Table, type TableColumn } from '../ui/table.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { toActorText, toChangeTexts } from './audit-texts.ts';

export interface AuditListProps {
  /** Of one key or project; all changes without it. */
  readonly targetId?: string;
}

/** Who changed what, the latest first. */
export function AuditList({ targetId }: AuditListProps) {
  const {
    data: entries,
    isPending,
    error,
    hasNextPage,
    isFetchingNextPage,
    fetchNextPage,
  } = useInfiniteQuery(auditQuery(targetId));
  const projectNames = useProjectNames();
  if (isPending) return <TableSkeleton label="Loading the changes" />;
  if (entries === undefined) return <Notice kind="error">{toErrorText(error)}</Notice>;
  return (
    <div className="list">
      <Table
        label="Changes"
        columns={toColumns(projectNames).filter(({ id }) => targetId === undefined || id !== 'target')}
        rows={entries}
        toKey={({ id }) => id}
        empty={
          <EmptyState icon={<History aria-hidden="true" />} title="Nothing has changed yet">
            Each change of a key or a project leaves an entry here.
          </EmptyState>
        }
      />
      {hasNextPage && (
        <p className="more">
          <Button size="s" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show earlier changes
          </Button>
        </p>
      )}
    </div>
  );
}

const toColumns = (projectNames: ReadonlyMap<string, string>): readonly TableColumn<AuditEntry>[] => [
  { id: 'action', title: 'Change', render: ({ action }) => formatCode(action) },
  { id: 'target', title: 'Of', render: ({ target }) => target.name },
  { id: 'actor', title: 'By', render: ({ actor }) => toActorText(actor) },
  { id: 'time', title: 'When', render: (entry) => <Time unixSeconds={entry.created_at} /> },
  {
    id: 'changes',
    title: 'New values',
    render: ({ changes }) => (
      <ul className="changes">
        {toChangeTexts(changes, projectNames).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    ),
  },
];
