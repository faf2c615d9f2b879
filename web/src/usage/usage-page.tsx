import '../ui/list.css';
import { useCallback } from 'react';
import { keysQuery, useProjectNames } from '../api/key-queries.ts';
import { useWholeList } from '../api/list-query.ts';
import type { UsageGroup } from '../api/usage-wire.ts';
import { Page } from '../ui/page.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { useSearchFields } from '../ui/use-search-fields.ts';
import { toRange } from './ranges.ts';
import { RequestLog } from './request-log.tsx';
import { UsageChoices } from './usage-choices.tsx';
import { UsageOverview } from './usage-overview.tsx';

const groups: readonly UsageGroup[] = ['none', 'api_key_id', 'project_id', 'model', 'deployment'];

/** What all keys have used over time, and the log of requests. */
export function UsagePage() {
  const { search, change } = useSearchFields();
  const names = useNames();
  const range = toRange(search.get('range'));
  const group = groups.find((one) => one === search.get('by')) ?? 'none';
  return (
    <Page title="Usage" description="Requests, tokens, cost, errors and times of all keys.">
      <Tabs
        value={search.get('tab') ?? 'overview'}
        onChange={(tab) => change('tab', tab)}
        tabs={[
          {
            id: 'overview',
            title: 'Over time',
            content: (
              <div className="list">
                <h2 className="unseen">Over time</h2>
                <div className="filters">
                  <UsageChoices
                    range={range}
                    group={group}
                    groups={groups}
                    onRange={(next) => change('range', next)}
                    onGroup={(next) => change('by', next)}
                  />
                </div>
                <UsageOverview question={{ path: '/v1/admin/usage', range, group }} toName={names} />
              </div>
            ),
          },
          { id: 'requests', title: 'Requests', content: <RequestLog toName={names} /> },
        ]}
      />
    </Page>
  );
}

/** The names of keys and projects by their ids. What is not known, such as a deleted key, keeps its id. */
function useNames(): (id: string) => string {
  const { data: keys } = useWholeList(keysQuery);
  const projects = useProjectNames();
  return useCallback(
    (id: string) => {
      if (id === '') return 'Not known';
      return keys?.find((key) => key.id === id)?.name ?? projects.get(id) ?? id;
    },
    [keys, projects],
  );
}
