import { Component, type ReactNode } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: unknown;
}

/** Shows what went wrong in place of an empty page, and a way out. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override readonly state: ErrorBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const isOutdated =
      error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);
    return (
      <main>
        <EmptyState
          title={isOutdated ? 'The console has changed on the server' : 'This page failed'}
          action={
            <Button look="primary" onClick={() => window.location.reload()}>
              Load the page again
            </Button>
          }
        >
          {isOutdated
            ? 'This tab has an earlier version of it, or the server does not answer.'
            : toErrorText(error)}
        </EmptyState>
      </main>
    );
  }
}
