import './notice.css';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface NoticeProps {
  readonly kind?: 'note' | 'warn' | 'error' | 'done';
  readonly children: ReactNode;
}

/** A sentence in the page that says what happened, and what to do. */
export function Notice({ kind = 'note', children }: NoticeProps) {
  return (
    <div className={classNames('notice', `notice-${kind}`)} role={kind === 'error' ? 'alert' : 'note'}>
      <div className="notice-text">{children}</div>
    </div>
  );
}
