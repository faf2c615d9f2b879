import './toast.css';
import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';

const toasts = Toast.createToastManager();

/** Shows a sentence for a moment, at the edge of the page. Errors stay longer. */
export function showToast(text: string, kind: 'done' | 'error' = 'done'): void {
  toasts.add({ description: text, type: kind, timeout: kind === 'error' ? 12_000 : 4000 });
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={toasts}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast" aria-label="Message">
      <Toast.Content className="toast-content">
        <Toast.Description className="toast-text" />
        <Toast.Close render={<IconButton label="Close" size="s" icon={<X aria-hidden="true" />} />} />
      </Toast.Content>
    </Toast.Root>
  ));
}
