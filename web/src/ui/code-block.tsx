import './code-block.css';
import { CopyButton } from './copy-button.tsx';

export interface CodeBlockProps {
  readonly code: string;
  /** Above the code, such as "Python". */
  readonly title?: string;
  /** For screen readers, if there is no title. */
  readonly label?: string;
}

export function CodeBlock({ code, title, label = title ?? 'Code' }: CodeBlockProps) {
  return (
    <figure className="code-block">
      <figcaption className="code-block-bar">
        <span>{title}</span>
        <CopyButton text={code} label={`Copy ${label}`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, with the keyboard too */}
      <section className="code-block-text" tabIndex={0} aria-label={label}>
        <pre>
          <code>{code}</code>
        </pre>
      </section>
    </figure>
  );
}
