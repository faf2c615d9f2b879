import type { Highlighter } from '../markdown/highlighter.ts';

type Tree = ReturnType<Highlighter['highlight']>;

/** Colours the code of the page. The library is loaded if there is code. */
export async function colourCode(): Promise<void> {
  const blocks = document.querySelectorAll<HTMLElement>('code[data-language]');
  if (blocks.length === 0) return;
  const { highlighter } = await import('../markdown/highlighter.ts');
  for (const block of blocks) {
    const language = block.dataset['language'] ?? '';
    if (!highlighter.registered(language)) continue;
    block.replaceChildren(...highlighter.highlight(language, block.textContent).children.map(toNode));
  }
}

function toNode(node: Tree['children'][number]): Node {
  if (node.type !== 'element') return document.createTextNode(node.type === 'text' ? node.value : '');
  const element = document.createElement('span');
  const names = node.properties['className'];
  if (Array.isArray(names)) element.className = names.join(' ');
  element.append(...node.children.map(toNode));
  return element;
}
