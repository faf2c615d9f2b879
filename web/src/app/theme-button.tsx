import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { keepTheme, nextTheme, readTheme, themeNames } from './theme.ts';

const icons = { system: Monitor, light: Sun, dark: Moon } as const;

/** Goes through the themes: as the system has it, light, dark. */
export function ThemeButton() {
  const [theme, setTheme] = useState(readTheme);
  const Icon = icons[theme];
  const choose = () => {
    setTheme(nextTheme[theme]);
    keepTheme(nextTheme[theme]);
  };
  return (
    <button type="button" className="rail-item" onClick={choose}>
      <Icon aria-hidden="true" />
      <span>
        <span className="unseen">Theme: </span>
        {themeNames[theme]}
      </span>
    </button>
  );
}
