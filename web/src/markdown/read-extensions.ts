import { gfmFromMarkdown } from 'mdast-util-gfm';
import { mathFromMarkdown } from 'mdast-util-math';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';
import type { Options } from 'react-markdown';

type Plugin = Extract<NonNullable<Options['remarkPlugins']>[number], (...settings: never) => unknown>;

/**
 * Reads tables, task lists, footnotes and the like, and maths between two dollars. It is what remark-gfm and remark-math add,
 * without the part that writes Markdown: that is a tenth of what the playground loads.
 */
export const readExtensions: Plugin = function readExtensions() {
  Object.assign(this.data(), {
    micromarkExtensions: [gfm(), math({ singleDollarTextMath: false })],
    fromMarkdownExtensions: [gfmFromMarkdown(), mathFromMarkdown()],
  });
};
