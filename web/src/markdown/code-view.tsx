import { type ReactNode, useEffect, useState } from 'react';
import { classNames } from '../ui/class-names.ts';
import { CopyButton } from '../ui/copy-button.tsx';

export interface CodeViewProps {
  readonly code: string;
  readonly language: string;
  /** Long code is drawn in pieces, the first with its bar. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isGrowing: boolean;
}

export function CodeView({ code, language, isFirst, isLast, isGrowing }: CodeViewProps) {
  const coloured = useHighlighting(code, language, isGrowing);
  return (
    <div className={classNames('code-view', isFirst && 'code-view-first', isLast && 'code-view-last')}>
      {isFirst && (
        <div className="code-view-bar">
          <span>{language === '' ? 'text' : language}</span>
          {isLast && <CopyButton text={code} label="Copy the code" />}
        </div>
      )}
      <pre>
        <code>{coloured ?? code}</code>
      </pre>
    </div>
  );
}

/** Colours code that is complete. The library is loaded for the first one. */
function useHighlighting(code: string, language: string, isGrowing: boolean): ReactNode | undefined {
  const [result, setResult] = useState<{ readonly code: string; readonly node: ReactNode }>();
  useEffect(() => {
    if (isGrowing || language === '') return;
    let isCurrent = true;
    void import('./highlight.ts').then(({ highlight }) => {
      const node = highlight(code, language);
      if (isCurrent && node !== undefined) setResult({ code, node });
    });
    return () => {
      isCurrent = false;
    };
  }, [code, language, isGrowing]);
  return result?.code === code ? result.node : undefined;
}
