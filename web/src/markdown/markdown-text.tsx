import ReactMarkdown, { type Components } from 'react-markdown';
import { markMaths } from './mark-maths.ts';
import { MathsView } from './maths-view.tsx';
import { readExtensions } from './read-extensions.ts';

const plugins = [readExtensions];

const components: Components = {
  // The way back from a note is a step: it stands below the block that has it.
  a: ({ href, children }) =>
    href?.startsWith('#user-content-fnref') === true ? null : (
      <OutsideLink href={href}>{children}</OutsideLink>
    ),
  // A picture from elsewhere would tell that server who reads the answer, and when.
  img: ({ src, alt }) => (
    <OutsideLink href={typeof src === 'string' ? src : undefined}>
      Picture: {alt === '' ? 'without a name' : alt}
    </OutsideLink>
  ),
  table: ({ children }) => (
    <div className="markdown-table">
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => (
    <input type="checkbox" checked={checked === true} disabled aria-label={checked ? 'Done' : 'Open'} />
  ),
  code: ({ className = '', children }) => {
    if (!className.includes('language-math')) return <code>{children}</code>;
    return <MathsView tex={String(children)} isBlock={className.includes('math-display')} />;
  },
  // Only maths in a block of its own: other code is cut out before.
  pre: ({ children }) => <div className="markdown-pre">{children}</div>,
  h1: ({ children }) => <h2>{children}</h2>,
  // The heading of notes is for pages that have all notes at their end.
  h2: ({ className, children }) => (className === 'sr-only' ? null : <h3>{children}</h3>),
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
};

export function MarkdownText({ text }: { readonly text: string }) {
  return (
    <div className="markdown-block">
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {markMaths(text)}
      </ReactMarkdown>
    </div>
  );
}

/** A place that a reader may go to, in a window that knows nothing of this one. */
function OutsideLink({
  href,
  children,
}: {
  readonly href: string | undefined;
  readonly children?: React.ReactNode;
}) {
  if (href === undefined || !/^(?:https?|mailto):/i.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      {children}
    </a>
  );
}
