import { createElement, type ReactNode } from 'react';
import { type Highlighter, highlighter } from './highlighter.ts';

type Tree = ReturnType<Highlighter['highlight']>;

/** The code as coloured elements. Undefined for a language that is not known. */
export function highlight(code: string, language: string): ReactNode | undefined {
  const name = language.toLowerCase();
  if (!highlighter.registered(name)) return undefined;
  return highlighter.highlight(name, code).children.map(toNode);
}

function toNode(node: Tree['children'][number], index: number): ReactNode {
  if (node.type === 'text') return node.value;
  if (node.type !== 'element') return null;
  const names = node.properties['className'];
  const className = Array.isArray(names) ? names.join(' ') : undefined;
  return createElement('span', { key: index, className }, node.children.map(toNode));
}
