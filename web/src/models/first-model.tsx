import { useQuery } from '@tanstack/react-query';
import { Box } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ownKeyQuery } from '../api/queries.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PullForm } from './pull-form.tsx';
import { PullList } from './pull-list.tsx';

/** A small model that answers on any machine. */
const suggestedModel = 'smollm2:135m-instruct-q4_1';

/** The first minute on a server that has no model that chats. */
export function FirstModel() {
  return (
    <Page title="Playground">
      <NoModel title="This server has no model that chats yet">
        <PullList />
      </NoModel>
    </Page>
  );
}

export interface NoModelProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** Offers a model to a server that has none. */
export function NoModel({ title, children }: NoModelProps) {
  const { data: key } = useQuery(ownKeyQuery);
  const isAdmin = key?.scopes.includes('admin') === true;
  return (
    <div className="first-model">
      <EmptyState icon={<Box aria-hidden="true" />} title={title}>
        {isAdmin ? (
          <p>
            Pull one. The suggested model has 98 MB and answers on any machine.{' '}
            <Link href="/console/models?tab=pull">Larger ones</Link> answer better.
          </p>
        ) : (
          <p>Ask the operator of this server to pull one: your key may not.</p>
        )}
      </EmptyState>
      {isAdmin && <PullForm suggestion={suggestedModel} />}
      {isAdmin && children}
    </div>
  );
}
