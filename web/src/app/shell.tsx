import './shell.css';
import { useQuery } from '@tanstack/react-query';
import { Menu } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { ownKeyQuery } from '../api/queries.ts';
import { IconButton } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Logo } from './logo.tsx';
import { consolePages } from './pages.ts';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { SideNavigation } from './side-navigation.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useTitle } from './use-title.ts';

type Layer = 'palette' | 'shortcuts' | 'navigation';

/** The frame around every page: navigation, palette, banner. */
export function Shell() {
  const { data: key } = useQuery(ownKeyQuery);
  const isAdmin = key?.scopes.includes('admin') === true;
  const pages = consolePages.filter(({ needsAdmin }) => isAdmin || !needsAdmin);
  const [location, navigate] = useLocation();
  const [layer, setLayer] = useState<Layer>();
  const close = () => setLayer(undefined);
  const current = pages.find(({ path }) => path === location);
  useTitle(current?.title);
  useShortcuts({
    openPalette: () => setLayer('palette'),
    openShortcuts: () => setLayer('shortcuts'),
    openPage: (letter) => {
      const page = pages.find((one) => one.letter === letter);
      if (page !== undefined) navigate(page.path);
    },
  });
  const openPalette = () => setLayer('palette');
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <header className="shell-bar">
        <IconButton
          label="Open the navigation"
          icon={<Menu aria-hidden="true" />}
          onClick={() => setLayer('navigation')}
        />
        <Logo />
        <span className="shell-bar-title">{current?.title}</span>
      </header>
      <aside className="shell-rail">
        <SideNavigation pages={pages} location={location} onOpenPalette={openPalette} />
      </aside>
      <div className="shell-main">
        <ConnectionBanner />
        <main
          id="content"
          tabIndex={-1}
          className={classNames('shell-content', current?.isFullHeight === true && 'shell-content-full')}
        >
          <ErrorBoundary key={location}>
            <Suspense fallback={<PageSkeleton />}>
              <Switch>
                {pages.map(({ path, Content }) => (
                  <Route key={path} path={path} component={Content} />
                ))}
                {/* Until the key is known, a page may turn out to be allowed. */}
                <Route>{key === undefined ? <PageSkeleton /> : <UnknownPage />}</Route>
              </Switch>
            </Suspense>
          </ErrorBoundary>
        </main>
      </div>
      <Dialog isOpen={layer === 'navigation'} onClose={close} title="Gravix" place="left">
        <SideNavigation
          pages={pages}
          location={location}
          onOpenPalette={openPalette}
          onChoose={close}
          isWide
        />
      </Dialog>
      <CommandPalette
        isOpen={layer === 'palette'}
        onClose={close}
        pages={pages}
        onOpenShortcuts={() => setLayer('shortcuts')}
      />
      <ShortcutsDialog isOpen={layer === 'shortcuts'} onClose={close} pages={pages} />
    </div>
  );
}

function PageSkeleton() {
  return (
    <div className="page">
      <Skeleton lines={6} label="Loading the page" />
    </div>
  );
}

function UnknownPage() {
  return (
    <EmptyState title="There is no such page">
      Its address is not one of the console, or your key does not have the scope <code>admin</code>, which it
      needs.
    </EmptyState>
  );
}
