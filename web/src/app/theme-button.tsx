import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { keepTheme, readTheme, type Theme } from './theme.ts';

const next: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const names: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };
const icons = { system: Monitor, light: Sun, dark: Moon } as const;

/** Goes through the themes: as the system has it, light, dark. */
export function ThemeButton() {
  const [theme, setTheme] = useState(readTheme);
  const Icon = icons[theme];
  const choose = () => {
    setTheme(next[theme]);
    keepTheme(next[theme]);
  };
  return (
    <button type="button" className="rail-item" onClick={choose}>
      <Icon aria-hidden="true" />
      <span>
        <span className="unseen">Theme: </span>
        {names[theme]}
      </span>
    </button>
  );
}
