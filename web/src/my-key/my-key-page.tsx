import './my-key.css';
import { useQuery } from '@tanstack/react-query';
import { toErrorText } from '../api/api-error.ts';
import { ownKeyQuery } from '../api/queries.ts';
import type { OwnKey } from '../api/wire.ts';
import { ScopeBadges } from '../keys/scope-badges.tsx';
import { Facts } from '../ui/facts.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { LimitCards } from './limit-cards.tsx';
import { OwnUsage } from './own-usage.tsx';
import { listReached } from './to-limit-cards.ts';

/** How often the page reads what is left, in milliseconds. */
const refreshMs = 5000;

/** What the key of this tab may do, what it has left, and what it has used. */
export function MyKeyPage() {
  const { data: key, error } = useQuery({ ...ownKeyQuery, refetchInterval: refreshMs });
  return (
    <Page title="My key" description="What the key that you signed in with may use, and what is left of it.">
      {key === undefined && error !== null && <Notice kind="error">{toErrorText(error)}</Notice>}
      {key === undefined ? (
        error === null && <Skeleton lines={8} label="Loading the key" />
      ) : (
        <>
          {listReached(key).map((text) => (
            <Notice key={text} kind="warn">
              {text}
            </Notice>
          ))}
          <KeyFacts ownKey={key} />
          <LimitCards ownKey={key} />
          <OwnUsage />
        </>
      )}
    </Page>
  );
}

function KeyFacts({ ownKey }: { readonly ownKey: OwnKey }) {
  const { name, id, project, scopes, models } = ownKey;
  return (
    <section className="card" aria-label="The key">
      <Facts
        facts={[
          ['Name', name],
          ['Id', <code key="id">{id}</code>],
          ['Project', project],
          ['Scopes', <ScopeBadges key="scopes" scopes={scopes} />],
          ['Models', models === null ? 'All' : models.join(', ')],
        ]}
      />
    </section>
  );
}
