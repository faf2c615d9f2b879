import { useQuery } from '@tanstack/react-query';
import { Box } from 'lucide-react';
import { ownKeyQuery } from '../api/queries.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Page } from '../ui/page.tsx';
import { PullForm } from './pull-form.tsx';

/** A small model that answers on any machine. */
const suggestedModel = 'smollm2:135m-instruct-q4_1';

/** The first minute on a server that has no model that chats. */
export function FirstModel() {
  const { data: key } = useQuery(ownKeyQuery);
  const isAdmin = key?.scopes.includes('admin') === true;
  return (
    <Page title="Playground">
      <EmptyState icon={<Box aria-hidden="true" />} title="This server has no model that chats yet">
        {isAdmin ? (
          <p>
            Pull one. The suggested model has 98 MB and answers on any machine; the page /models lists larger
            ones.
          </p>
        ) : (
          <p>Ask the operator of this server to pull one: your key may not.</p>
        )}
      </EmptyState>
      {isAdmin && <PullForm suggestion={suggestedModel} />}
    </Page>
  );
}
