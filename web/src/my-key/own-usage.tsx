import { useState } from 'react';
import { Select } from '../ui/select.tsx';
import { type RangeId, ranges } from '../usage/ranges.ts';
import { UsageOverview } from '../usage/usage-overview.tsx';

const same = (value: string) => value;

export function OwnUsage() {
  const [range, setRange] = useState<RangeId>('24h');
  const [group, setGroup] = useState<'none' | 'model' | 'endpoint'>('none');
  return (
    <section className="my-section" aria-labelledby="usage-title">
      <header className="my-section-header">
        <h2 id="usage-title">Usage</h2>
        <div className="my-section-choices">
          <Select
            label="Time"
            value={range}
            options={Object.entries(ranges).map(([value, { title }]) => ({ value, label: title }))}
            onChange={(next) => setRange(next as RangeId)}
          />
          <Select
            label="Lines"
            value={group}
            options={[
              { value: 'none', label: 'All together' },
              { value: 'model', label: 'By model' },
              { value: 'endpoint', label: 'By endpoint' },
            ]}
            onChange={(next) => setGroup(next as typeof group)}
          />
        </div>
      </header>
      <UsageOverview question={{ path: '/v1/usage', range, group }} toName={same} />
    </section>
  );
}
