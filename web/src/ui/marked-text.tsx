import { createElement } from 'react';

/** Names stand between backticks, as in Markdown. The pieces never change their order. */
export function MarkedText({ text }: { readonly text: string }) {
  const pieces = text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part : createElement('code', {}, part)));
  return createElement('span', {}, ...pieces);
}
