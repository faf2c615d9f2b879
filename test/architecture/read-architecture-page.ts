import type { HouseRules } from './house-rules.ts';

/** The picture leaves out what the composition root may import: everything. */
const compositionRoot = ['app.ts', 'app'];

/** Each arrow of the table as `from → to`, or `from ⇢ to` where only types may come; sorted. */
export function toPicture({ rooms }: HouseRules): string[] {
  const arrows = Object.entries(rooms)
    .filter(([room]) => !compositionRoot.includes(room))
    .flatMap(([room, { uses, types = [] }]) => [
      ...uses.map((target) => `${room} → ${target}`),
      ...types.map((target) => `${room} ⇢ ${target}`),
    ]);
  return arrows.sort();
}

/** The same of the page's Mermaid flowchart: `-->` is an arrow, `-.->` one for types. */
export function readPicture(page: string): string[] {
  const picture = page.split('```mermaid')[1]?.split('```')[0] ?? '';
  const labels = new Map(
    [...picture.matchAll(/(\w+)\[([^\]]+)\]/g)].map(([, id = '', label = '']) => [id, toRooms(label)]),
  );
  const roomsOf = (id: string) => labels.get(id) ?? [id];
  const arrows = [...picture.matchAll(/^ *(\w+)(?:\[[^\]]+\])? *(-->|-\.->) *(\w+)/gm)].flatMap(
    ([, from = '', arrow, to = '']) =>
      roomsOf(from).flatMap((room) =>
        roomsOf(to).map((target) => `${room} ${arrow === '-->' ? '→' : '⇢'} ${target}`),
      ),
  );
  return arrows.sort();
}

/** The first column of the page's table of rooms; sorted. A row may say more of a room's inner folders. */
export function readRoomList(page: string): string[] {
  const section = page.split('## The rooms')[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => toRoom(name)).sort();
}

function toRooms(label: string): string[] {
  return label.split(',').map((name) => toRoom(name.trim()));
}

function toRoom(name: string): string {
  return name.replace(/\/$/, '');
}
