import './markdown.css';
import { memo, useEffect, useRef, useState } from 'react';
import { addDefinitions, findDefinitions } from './add-definitions.ts';
import { CodeView } from './code-view.tsx';
import { MarkdownText } from './markdown-text.tsx';
import { type MarkdownBlock, splitBlocks } from './split-blocks.ts';

export interface MarkdownProps {
  readonly text: string;
  /** More of it comes: the last block is drawn again and again. */
  readonly isGrowing?: boolean;
}

/** Markdown from a model, which is hostile until proven otherwise: elements come from a list, and no markup is taken. */
export function Markdown({ text, isGrowing = false }: MarkdownProps) {
  const seen = useRef<{ text: string; blocks: readonly MarkdownBlock[] }>({ text: '', blocks: [] });
  const { current } = seen;
  if (current.text !== text) {
    const before = text.startsWith(current.text) ? current.blocks : [];
    seen.current = { text, blocks: splitBlocks(text, before) };
  }
  const { blocks } = seen.current;
  const definitions = text.includes(']:') ? findDefinitions(blocks) : [];
  const drawn = useDrawnRange(blocks.length);
  return (
    <div className="markdown">
      {blocks.slice(drawn.from, drawn.to).map(({ start, text: piece, code }, index) => (
        <Block
          key={start}
          text={code === undefined ? addDefinitions(piece, definitions) : piece}
          language={code?.language}
          isFirst={code?.isFirst ?? true}
          isLast={code?.isLast ?? true}
          isGrowing={isGrowing && drawn.from + index === blocks.length - 1}
        />
      ))}
    </div>
  );
}

/** Blocks that are drawn in one frame, when much text is there at once. */
const blocksPerFrame = 8;

interface DrawnRange {
  readonly from: number;
  readonly to: number;
}

/** Which blocks are drawn: at first the last ones, which are in view. Those that come, and the earlier ones, follow frame by frame. */
function useDrawnRange(count: number): DrawnRange {
  const [range, setRange] = useState(() => ({ from: Math.max(0, count - blocksPerFrame), to: count }));
  const from = Math.min(range.from, count);
  // The first blocks of a new text need no frame of their own.
  const to = Math.min(Math.max(range.to, blocksPerFrame), count);
  useEffect(() => {
    if (from === 0 && to === count) return;
    const frame = requestAnimationFrame(() =>
      setRange(to < count ? { from, to: to + blocksPerFrame } : { from: from - blocksPerFrame, to }),
    );
    return () => cancelAnimationFrame(frame);
  }, [from, to, count]);
  return { from: Math.max(0, from), to };
}

interface BlockProps {
  readonly text: string;
  /** Of code; undefined for anything else. */
  readonly language: string | undefined;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isGrowing: boolean;
}

/** Drawn again only if its own text changes. */
const Block = memo(function Block({ text, language, isFirst, isLast, isGrowing }: BlockProps) {
  if (language === undefined) return <MarkdownText text={text} />;
  return <CodeView code={text} language={language} isFirst={isFirst} isLast={isLast} isGrowing={isGrowing} />;
});
