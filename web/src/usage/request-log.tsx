import { useInfiniteQuery } from '@tanstack/react-query';
import { Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { Table } from '../ui/table.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { showToast } from '../ui/toast.tsx';
import { downloadCsv } from './download-csv.ts';
import { requestColumns } from './request-columns.tsx';
import { noFilter, RequestFilters } from './request-filters.tsx';
import { requestLogQuery } from './request-log-query.ts';

export interface RequestLogProps {
  /** The name of a key by its id. */
  readonly toName: (id: string) => string;
}

/** Each request that reached a model, the latest first. It has no content. */
export function RequestLog({ toName }: RequestLogProps) {
  const [filter, setFilter] = useState(noFilter);
  const [isSaving, setSaving] = useState(false);
  const log = useInfiniteQuery(requestLogQuery(filter));
  const save = async () => {
    setSaving(true);
    try {
      await downloadCsv(filter);
    } catch (error) {
      showToast(toErrorText(error), 'error');
    }
    setSaving(false);
  };
  return (
    <div className="list">
      <RequestFilters
        filter={filter}
        onChange={setFilter}
        action={
          <Button icon={<Download aria-hidden="true" />} isBusy={isSaving} onClick={() => void save()}>
            CSV
          </Button>
        }
      />
      {log.isError && <Notice kind="error">{toErrorText(log.error)}</Notice>}
      {log.isPending ? (
        <TableSkeleton label="Loading the requests" rows={8} />
      ) : (
        <Table
          label="Requests"
          columns={requestColumns(toName)}
          rows={log.data ?? []}
          toKey={({ id }) => id}
          empty={
            <EmptyState icon={<ScrollText aria-hidden="true" />} title="No request fits">
              Requests stand here when they have ended. Choose other filters, or ask a model.
            </EmptyState>
          }
        />
      )}
      {log.hasNextPage && (
        <p className="more">
          <Button size="s" isBusy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Show earlier requests
          </Button>
        </p>
      )}
    </div>
  );
}
