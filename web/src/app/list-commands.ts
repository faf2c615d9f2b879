import { signOut } from '../api/session-key.ts';
import { createWordSearch, toSearchWords } from '../ui/search-words.ts';
import type { ConsolePage } from './pages.ts';
import { keepTheme } from './theme.ts';

export interface Command {
  readonly title: string;
  /** Its shortcut. */
  readonly hint?: string;
  readonly run: () => void;
}

export interface CommandParts {
  readonly pages: readonly ConsolePage[];
  readonly navigate: (path: string) => void;
  readonly onOpenShortcuts: () => void;
}

export function listCommands({ pages, navigate, onOpenShortcuts }: CommandParts): readonly Command[] {
  return [
    ...pages.map(({ title, path, letter }) => ({ title, hint: `g ${letter}`, run: () => navigate(path) })),
    { title: 'API reference', run: () => window.location.assign('/docs') },
    { title: 'Light theme', run: () => keepTheme('light') },
    { title: 'Dark theme', run: () => keepTheme('dark') },
    { title: 'Theme of the system', run: () => keepTheme('system') },
    { title: 'Keyboard shortcuts', hint: '?', run: onOpenShortcuts },
    { title: 'Sign out', run: signOut },
  ];
}

/** The commands whose titles have all words of the query; those that begin with it first. */
export function filterCommands(commands: readonly Command[], query: string): readonly Command[] {
  const hasWords = createWordSearch(query);
  const [first = ''] = toSearchWords(query);
  const begins = ({ title }: Command) => Number(title.toLowerCase().startsWith(first));
  return commands.filter(({ title }) => hasWords(title)).sort((a, b) => begins(b) - begins(a));
}
