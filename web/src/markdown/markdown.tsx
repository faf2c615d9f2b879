import './markdown.css';
import { memo, useRef } from 'react';
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
  return (
    <div className="markdown">
      {blocks.map(({ start, text: piece, code }, index) => (
        <Block
          key={start}
          text={piece}
          language={code?.language}
          isFirst={code?.isFirst ?? true}
          isLast={code?.isLast ?? true}
          isGrowing={isGrowing && index === blocks.length - 1}
        />
      ))}
    </div>
  );
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
