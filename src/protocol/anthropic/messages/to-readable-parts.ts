import type { ContentPart } from '../../../backend/message-content.ts';
import type { ReadableBlock } from './content-block.ts';

/** A block as text and images. A document and a search result are lines of text. */
export function toReadableParts(block: ReadableBlock): ContentPart[] {
  switch (block.type) {
    case 'text':
      return [{ kind: 'text', text: block.text }];
    case 'image':
      return [toImage(block.source)];
    case 'search_result': {
      const { title, source, content } = block;
      return [toText([title, source, ...content.map(({ text }) => text)])];
    }
    case 'document': {
      const { title, context, source } = block;
      const head = [title, context].filter((line) => typeof line === 'string' && line !== '');
      return [...(head.length === 0 ? [] : [toText(head)]), ...toSourceParts(source)];
    }
  }
}

type DocumentSource = Extract<ReadableBlock, { type: 'document' }>['source'];

function toSourceParts(source: DocumentSource): ContentPart[] {
  if (source.type === 'text') return [toText([source.data])];
  const { content } = source;
  return typeof content === 'string' ? [toText([content])] : content.flatMap(toReadableParts);
}

function toText(lines: readonly (string | null | undefined)[]): ContentPart {
  return { kind: 'text', text: lines.join('\n') };
}

type ImageSource = Extract<ReadableBlock, { type: 'image' }>['source'];

function toImage(source: ImageSource): ContentPart {
  return source.type === 'url'
    ? { kind: 'image', source: { kind: 'address', url: source.url }, detail: undefined }
    : {
        kind: 'image',
        source: { kind: 'data', mediaType: source.media_type, base64: source.data },
        detail: undefined,
      };
}
