import {
  Box,
  ChartNoAxesColumn,
  Gauge,
  KeyRound,
  MessageSquare,
  Network,
  SlidersHorizontal,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';

export interface ConsolePage {
  readonly path: string;
  readonly title: string;
  readonly icon: ComponentType<{ readonly 'aria-hidden': 'true' }>;
  /** Pressed after `g`, it opens the page. */
  readonly letter: string;
  /** Keys without the scope `admin` don't see it. */
  readonly needsAdmin: boolean;
  /** Fills the window and scrolls in its parts. */
  readonly isFullHeight?: boolean;
  readonly Content: ComponentType;
}

/** The pages of the console, in the order of the navigation. Each is a file of the build that loads when it is opened. */
export const consolePages: readonly ConsolePage[] = [
  {
    path: '/',
    title: 'Playground',
    icon: MessageSquare,
    letter: 'p',
    needsAdmin: false,
    isFullHeight: true,
    Content: lazy(() =>
      import('../playground/playground-page.tsx').then(({ PlaygroundPage }) => ({ default: PlaygroundPage })),
    ),
  },
  {
    path: '/console/models',
    title: 'Models',
    icon: Box,
    letter: 'm',
    needsAdmin: false,
    Content: lazy(() =>
      import('../models/models-page.tsx').then(({ ModelsPage }) => ({ default: ModelsPage })),
    ),
  },
  {
    path: '/console/keys',
    title: 'Keys',
    icon: KeyRound,
    letter: 'k',
    needsAdmin: true,
    Content: lazy(() => import('../keys/keys-page.tsx').then(({ KeysPage }) => ({ default: KeysPage }))),
  },
  {
    path: '/console/usage',
    title: 'Usage',
    icon: ChartNoAxesColumn,
    letter: 'u',
    needsAdmin: true,
    Content: lazy(() => import('../usage/usage-page.tsx').then(({ UsagePage }) => ({ default: UsagePage }))),
  },
  {
    path: '/console/upstreams',
    title: 'Upstreams',
    icon: Network,
    letter: 'd',
    needsAdmin: true,
    Content: lazy(() =>
      import('../upstreams/upstreams-page.tsx').then(({ UpstreamsPage }) => ({ default: UpstreamsPage })),
    ),
  },
  {
    path: '/console/settings',
    title: 'Settings',
    icon: SlidersHorizontal,
    letter: 's',
    needsAdmin: true,
    Content: lazy(() =>
      import('../settings/settings-page.tsx').then(({ SettingsPage }) => ({ default: SettingsPage })),
    ),
  },
  {
    path: '/console/my-key',
    title: 'My key',
    icon: Gauge,
    letter: 'y',
    needsAdmin: false,
    Content: lazy(() =>
      import('../my-key/my-key-page.tsx').then(({ MyKeyPage }) => ({ default: MyKeyPage })),
    ),
  },
];
