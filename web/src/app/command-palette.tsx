import './command-palette.css';
import { Dialog } from '@base-ui/react/dialog';
import { type KeyboardEvent, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { classNames } from '../ui/class-names.ts';
import { filterCommands, listCommands } from './list-commands.ts';
import type { ConsolePage } from './pages.ts';

export interface CommandPaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onOpenShortcuts: () => void;
  readonly pages: readonly ConsolePage[];
}

/** Finds pages and actions by a few letters. */
export function CommandPalette({ isOpen, onClose, ...rest }: CommandPaletteProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-shade" />
        <Dialog.Popup className="palette" aria-label="Search pages and actions">
          <PaletteContent onClose={onClose} {...rest} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteContent({ onClose, onOpenShortcuts, pages }: Omit<CommandPaletteProps, 'isOpen'>) {
  const id = useId();
  const [, navigate] = useLocation();
  const [query, setQuery] = useState('');
  const [position, setPosition] = useState(0);
  const found = filterCommands(listCommands({ pages, navigate, onOpenShortcuts }), query);
  const chosen = found[Math.min(position, found.length - 1)];
  const run = (command: typeof chosen) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setPosition((position + step + found.length) % found.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <>
      <input
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={chosen === undefined ? undefined : `${id}-${chosen.title}`}
        aria-label="Search pages and actions"
        placeholder="Where to?"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setPosition(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={id} className="palette-list" role="listbox" aria-label="Found">
        {found.map((command) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
          <div
            key={command.title}
            id={`${id}-${command.title}`}
            role="option"
            aria-selected={command === chosen}
            className={classNames('palette-item', command === chosen && 'palette-chosen')}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            <span className="palette-hint">{command.hint}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="palette-none">Nothing has this name.</p>}
    </>
  );
}
