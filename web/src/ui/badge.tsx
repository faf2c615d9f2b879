import './badge.css';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface BadgeProps {
  readonly tone?: 'plain' | 'accent' | 'ok' | 'warn' | 'danger';
  /** A dot before the words, for states. */
  readonly hasDot?: boolean;
  readonly children: ReactNode;
}

export function Badge({ tone = 'plain', hasDot = false, children }: BadgeProps) {
  return <span className={classNames('badge', `badge-${tone}`, hasDot && 'badge-dot')}>{children}</span>;
}
