import '../ui/list.css';
import { useQuery } from '@tanstack/react-query';
import { ownKeyQuery } from '../api/queries.ts';
import { Page } from '../ui/page.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { useSearchFields } from '../ui/use-search-fields.ts';
import { Catalogue } from './catalogue.tsx';
import { PullList } from './pull-list.tsx';
import { pullsQuery } from './pull-queries.ts';
import { ManagedModels, ServedModels } from './served-models.tsx';

/** What this server serves, and what it could. */
export function ModelsPage() {
  const { data: key } = useQuery(ownKeyQuery);
  const isAdmin = key?.scopes.includes('admin') === true;
  return (
    <Page title="Models" description="The models that answer requests to this server, by the names to use.">
      {key === undefined && <TableSkeleton label="Loading the models" rows={5} />}
      {key !== undefined && (isAdmin ? <Management /> : <ServedModels />)}
    </Page>
  );
}

function Management() {
  const { search, change } = useSearchFields();
  // Until it is known what is being pulled: else everything below would move.
  const { isPending } = useQuery(pullsQuery);
  if (isPending) return <TableSkeleton label="Loading the models" rows={5} />;
  return (
    <>
      <PullList />
      <Tabs
        value={search.get('tab') ?? 'served'}
        onChange={(next) => change('tab', next === 'served' ? undefined : next)}
        tabs={[
          { id: 'served', title: 'Served', content: <ManagedModels /> },
          { id: 'pull', title: 'Pull a model', content: <Catalogue /> },
        ]}
      />
    </>
  );
}
