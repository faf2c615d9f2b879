import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { joinTabs, sessionKey } from '../api/session-key.ts';
import { useStore } from '../api/use-store.ts';
import { takeLinkFromAddress } from '../sign-in/link-in-address.ts';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { ToastProvider } from '../ui/toast.tsx';
import { createQueryClient } from './create-query-client.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Shell } from './shell.tsx';

export function App() {
  const [queries] = useState(createQueryClient);
  return (
    <ErrorBoundary>
      {/* The policy of the pages forbids style elements. */}
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={queries}>
          <Tooltip.Provider delay={450}>
            <ToastProvider>
              <SignedInOrNot />
            </ToastProvider>
          </Tooltip.Provider>
        </QueryClientProvider>
      </CSPProvider>
    </ErrorBoundary>
  );
}

/** Taken from the address before anything is drawn, so that no history or screenshot keeps it. */
const linkSecret = takeLinkFromAddress();

function SignedInOrNot() {
  const key = useStore(sessionKey);
  const [hasAskedTabs, setAskedTabs] = useState(key !== undefined || linkSecret !== undefined);
  useEffect(() => {
    void joinTabs().then(() => setAskedTabs(true));
  }, []);
  if (key !== undefined) return <Shell key={key} />;
  return hasAskedTabs ? <SignInPage linkSecret={linkSecret} /> : null;
}
