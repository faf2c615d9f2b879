import './shortcuts-dialog.css';
import { Dialog } from '../ui/dialog.tsx';
import type { ConsolePage } from './pages.ts';

export interface ShortcutsDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly pages: readonly ConsolePage[];
}

const playgroundShortcuts: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [['Enter'], 'Send the message'],
  [['Shift', 'Enter'], 'Start a new line'],
  [['Esc'], 'Stop the answer'],
  [['Ctrl', 'Shift', 'O'], 'Start a new conversation'],
];

export function ShortcutsDialog({ isOpen, onClose, pages }: ShortcutsDialogProps) {
  const everywhere: typeof playgroundShortcuts = [
    [['Ctrl', 'K'], 'Search pages and actions'],
    [['?'], 'Show the shortcuts'],
    ...pages.map(({ letter, title }) => [['g', letter], `Open ${title}`] as const),
  ];
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keyboard shortcuts">
      <ShortcutList title="Everywhere" shortcuts={everywhere} />
      <ShortcutList title="In the playground" shortcuts={playgroundShortcuts} />
    </Dialog>
  );
}

function ShortcutList({ title, shortcuts }: { title: string; shortcuts: typeof playgroundShortcuts }) {
  return (
    <section className="shortcuts">
      <h3>{title}</h3>
      <dl>
        {shortcuts.map(([keys, meaning]) => (
          <div key={meaning} className="shortcut">
            <dt>{meaning}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
