import './button.css';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

export interface ButtonProps extends ComponentProps<'button'> {
  /** `plain` by default. One `primary` on a page at most. */
  readonly look?: 'plain' | 'primary' | 'quiet' | 'danger';
  readonly size?: 'm' | 's';
  /** Its work is under way: it takes no second click. */
  readonly isBusy?: boolean | undefined;
  readonly icon?: ReactNode;
}

export function Button(props: ButtonProps) {
  const { look = 'plain', size = 'm', isBusy = false, icon, className, children, onClick, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      onClick={isBusy ? ignoreClick : onClick}
      className={classNames('button', `button-${look}`, `button-${size}`, isBusy && 'button-busy', className)}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
    >
      {icon}
      {children}
    </button>
  );
}

/** Not `disabled` while it is busy: that would take the focus away. A form is not submitted either. */
function ignoreClick(event: MouseEvent): void {
  event.preventDefault();
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** What it does, for a tooltip and for screen readers. */
  readonly label: string;
  readonly icon: ReactNode;
}

export function IconButton({ label, icon, className, look = 'quiet', ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <Button
        look={look}
        {...rest}
        className={classNames('button-icon', className)}
        aria-label={label}
        icon={icon}
      />
    </Tooltip>
  );
}
