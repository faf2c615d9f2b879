import { createInputReader } from './create-input-reader.ts';
import type { CallStart, ItemPlace, OpenItem } from './open-item.ts';
import type { UnplacedEvent } from './response-event.ts';
import type { OutputItem } from './response-object.ts';

/** A call of a custom tool: the model writes arguments, the client reads the input in them. */
export function createCustomCallItem(place: ItemPlace, { id: callId, name, namespace }: CallStart): OpenItem {
  const reader = createInputReader();
  let input = '';
  const names = namespace === undefined ? { name } : { name, namespace };
  const { item_id: id, output_index } = place;
  const toItem = (status: OutputItem['status']): OutputItem => {
    return { id, type: 'custom_tool_call', status, call_id: callId, ...names, input };
  };
  const grow = (delta: string): UnplacedEvent[] => {
    if (delta === '') return [];
    input += delta;
    return [{ type: 'response.custom_tool_call_input.delta', ...place, delta }];
  };
  return {
    kind: 'custom_tool_call',
    open: () => [{ type: 'response.output_item.added', output_index, item: toItem('in_progress') }],
    add: (piece) => grow(reader.add(piece)),
    close: (status) => {
      const rest = grow(reader.end());
      const item = toItem(status);
      return {
        item,
        events: [
          ...rest,
          { type: 'response.custom_tool_call_input.done', ...place, input },
          { type: 'response.output_item.done', output_index, item },
        ],
      };
    },
  };
}
