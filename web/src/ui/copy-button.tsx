import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';
import { showToast } from './toast.tsx';

export interface CopyButtonProps {
  readonly text: string;
  /** Such as "Copy the key". */
  readonly label?: string;
}

/** How long the sign of success is seen, in milliseconds. */
const shownMs = 1600;

export function CopyButton({ text, label = 'Copy' }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await copyText(text);
      setCopied(true);
    } catch {
      showToast(
        'The browser does not let this page copy. Select the text and copy it with the keyboard.',
        'error',
      );
    }
  };
  const icon = isCopied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />;
  return <IconButton label={isCopied ? 'Copied' : label} size="s" icon={icon} onClick={() => void copy()} />;
}

/** The clipboard exists in secure pages only, and a server on a home network is plain HTTP. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  if (!isDone) throw new Error('The browser refused to copy.');
}
