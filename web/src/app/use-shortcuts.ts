import { useEffect, useRef } from 'react';

export interface ShortcutActions {
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
  /** `g`, then the letter of a page. */
  readonly openPage: (letter: string) => void;
}

/** How long a letter may follow `g`, in milliseconds. */
const sequenceMsMax = 1200;

/** The shortcuts that every page has. Letters count only where nothing is being written. */
export function useShortcuts(actions: ShortcutActions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let goesSince = Number.NEGATIVE_INFINITY;
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isWriting(event.target)) return;
      const isSecond = event.timeStamp - goesSince < sequenceMsMax;
      goesSince = event.key === 'g' && !isSecond ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (isSecond) latest.current.openPage(event.key);
      else if (event.key === '?') latest.current.openShortcuts();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}
