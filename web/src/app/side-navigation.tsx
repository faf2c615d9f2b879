import './side-navigation.css';
import { BookOpen, LogOut, Search } from 'lucide-react';
import { Link } from 'wouter';
import { signOut } from '../api/session-key.ts';
import { classNames } from '../ui/class-names.ts';
import { Logo } from './logo.tsx';
import type { ConsolePage } from './pages.ts';
import { ThemeButton } from './theme-button.tsx';

export interface SideNavigationProps {
  readonly pages: readonly ConsolePage[];
  readonly location: string;
  readonly onOpenPalette: () => void;
  readonly onChoose?: () => void;
  /** With names beside the icons. */
  readonly isWide?: boolean;
}

export function SideNavigation({
  pages,
  location,
  onOpenPalette,
  onChoose,
  isWide = false,
}: SideNavigationProps) {
  return (
    <div className={classNames('rail', isWide && 'rail-wide')}>
      {!isWide && (
        <div className="rail-logo">
          <Logo />
        </div>
      )}
      <nav aria-label="Pages" className="rail-pages">
        <ul>
          {pages.map(({ path, title, icon: Icon }) => (
            <li key={path}>
              <Link
                href={path}
                className="rail-item"
                aria-current={path === location ? 'page' : undefined}
                onClick={onChoose}
              >
                <Icon aria-hidden="true" />
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="rail-foot">
        <button type="button" className="rail-item" onClick={onOpenPalette}>
          <Search aria-hidden="true" />
          Search
        </button>
        <a className="rail-item" href="/docs">
          <BookOpen aria-hidden="true" />
          API
        </a>
        <ThemeButton />
        <button type="button" className="rail-item" onClick={signOut}>
          <LogOut aria-hidden="true" />
          Sign out
        </button>
      </div>
    </div>
  );
}
