import { applyTheme, keepTheme, nextTheme, readTheme, themeNames } from '../app/theme.ts';

/** Adds the button that goes through the themes, and applies the one that was chosen. */
export function addThemeButton(): void {
  applyTheme(readTheme());
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button button-quiet top-theme';
  const show = () => {
    const name = themeNames[readTheme()];
    button.textContent = name;
    button.setAttribute('aria-label', `Theme: ${name}`);
  };
  button.addEventListener('click', () => {
    keepTheme(nextTheme[readTheme()]);
    show();
  });
  show();
  document.querySelector('.top')?.append(button);
}
