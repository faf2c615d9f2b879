import './markdown.css';
import { memo, useEffect, useRef, useState } from 'react';
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
  const hiddenCount = useHiddenCount(blocks.length);
  return (
    <div className="markdown">
      {blocks.slice(hiddenCount).map(({ start, text: piece, code }, index) => (
        <Block
          key={start}
          text={piece}
          language={code?.language}
          isFirst={code?.isFirst ?? true}
          isLast={code?.isLast ?? true}
          isGrowing={isGrowing && index === blocks.length - hiddenCount - 1}
        />
      ))}
    </div>
  );
}

/** Blocks that are drawn in one frame, when a long text is there at once. */
const blocksPerFrame = 12;

/** How many of the first blocks are not drawn yet: the last ones, which are in view, come first. */
function useHiddenCount(count: number): number {
  const [hiddenCount, setHiddenCount] = useState(() => Math.max(0, count - blocksPerFrame));
  useEffect(() => {
    if (hiddenCount === 0) return;
    const frame = requestAnimationFrame(() => setHiddenCount(Math.max(0, hiddenCount - blocksPerFrame)));
    return () => cancelAnimationFrame(frame);
  }, [hiddenCount]);
  return Math.min(hiddenCount, count);
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
