import { useState } from 'react';
import type { UsageGroup } from '../api/usage-wire.ts';
import type { RangeId } from '../usage/ranges.ts';
import { UsageChoices } from '../usage/usage-choices.tsx';
import { UsageOverview } from '../usage/usage-overview.tsx';

const groups: readonly UsageGroup[] = ['none', 'model', 'endpoint'];

const same = (value: string) => value;

export function OwnUsage() {
  const [range, setRange] = useState<RangeId>('24h');
  const [group, setGroup] = useState<UsageGroup>('none');
  return (
    <section className="my-section" aria-labelledby="usage-title">
      <header className="my-section-header">
        <h2 id="usage-title">Usage</h2>
        <div className="my-section-choices">
          <UsageChoices range={range} group={group} groups={groups} onRange={setRange} onGroup={setGroup} />
        </div>
      </header>
      <UsageOverview question={{ path: '/v1/usage', range, group }} toName={same} />
    </section>
  );
}
