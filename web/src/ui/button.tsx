import './button.css';
import type { ComponentProps, ReactNode } from 'react';
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
  const { look = 'plain', size = 'm', isBusy = false, icon, className, children, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      className={classNames('button', `button-${look}`, `button-${size}`, isBusy && 'button-busy', className)}
      aria-busy={isBusy || undefined}
      disabled={rest.disabled === true || isBusy}
    >
      {icon}
      {children}
    </button>
  );
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
