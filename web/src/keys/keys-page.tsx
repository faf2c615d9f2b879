import '../ui/list.css';
import './keys.css';
import { useSearchParams } from 'wouter';
import { Page } from '../ui/page.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { AuditList } from './audit-list.tsx';
import { KeyList } from './key-list.tsx';
import { ProjectList } from './project-list.tsx';

/** The keys of the server, the projects that they belong to, and who changed what. */
export function KeysPage() {
  const [search, setSearch] = useSearchParams();
  const tab = search.get('tab') ?? 'keys';
  return (
    <Page
      title="Keys"
      description="Each person or program gets a key. Limits and budgets say how much it may use."
    >
      <Tabs
        value={tab}
        onChange={(next) => setSearch(next === 'keys' ? {} : { tab: next })}
        tabs={[
          { id: 'keys', title: 'Keys', content: <KeyList /> },
          { id: 'projects', title: 'Projects', content: <ProjectList /> },
          { id: 'changes', title: 'Changes', content: <AuditList /> },
        ]}
      />
    </Page>
  );
}
