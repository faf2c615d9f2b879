import './dialog.css';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  /** Buttons below the content. */
  readonly actions?: ReactNode;
  /** `side` slides in from the edge, for navigation and settings on a phone. */
  readonly place?: 'centre' | 'wide' | 'left' | 'right';
  /** A click outside does not close it: what was written would be lost. */
  readonly keepsOpenOutside?: boolean;
  /** What has the focus afterwards. `true`, the default: what had it before. */
  readonly toFocusAfter?: () => HTMLElement | true | null;
}

export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  children,
  actions,
  place = 'centre',
  keepsOpenOutside = false,
  toFocusAfter = () => true,
}: DialogProps) {
  return (
    <Base.Root
      open={isOpen}
      disablePointerDismissal={keepsOpenOutside}
      onOpenChange={(open) => !open && onClose()}
    >
      <Base.Portal>
        <Base.Backdrop className="dialog-shade" />
        <Base.Popup className={classNames('dialog', `dialog-${place}`)} finalFocus={toFocusAfter}>
          <header className="dialog-header">
            <Base.Title className="dialog-title">{title}</Base.Title>
            {/* No tooltip: it would take the first Escape. */}
            <Base.Close
              render={
                <Button look="quiet" size="s" className="button-icon" icon={<X aria-hidden="true" />} />
              }
              aria-label="Close"
            />
          </header>
          {description !== undefined && (
            <Base.Description className="dialog-description">{description}</Base.Description>
          )}
          <div className="dialog-content">{children}</div>
          {actions !== undefined && <footer className="dialog-actions">{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
