import { useEffect, useRef } from 'react';
import { classNames } from '../ui/class-names.ts';

export interface MathsViewProps {
  readonly tex: string;
  readonly isBlock: boolean;
}

/** Characters of a formula that is drawn; a longer one is shown as it was written. */
const texCharactersMax = 5000;

/** How often a formula may use a macro. */
const expansionsMax = 200;

/** A formula as MathML, which browsers draw without fonts or styles of ours. Until the library is there, its source. */
export function MathsView({ tex, isBlock }: MathsViewProps) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let isCurrent = true;
    if (tex.length > texCharactersMax) return;
    void import('temml').then(({ default: temml }) => {
      if (!isCurrent || place.current === null) return;
      const drawn = document.createElement('span');
      try {
        // `trust: false` refuses links and pictures in a formula.
        temml.render(tex, drawn, {
          displayMode: isBlock,
          throwOnError: true,
          trust: false,
          maxExpand: expansionsMax,
        });
      } catch {
        // What can't be drawn, or not yet, stays as the model wrote it.
        return;
      }
      place.current.replaceChildren(drawn);
    });
    return () => {
      isCurrent = false;
    };
  }, [tex, isBlock]);
  return (
    <span className={classNames('maths', isBlock && 'maths-block')}>
      <span ref={place}>{tex}</span>
    </span>
  );
}
