import { type Html, html } from '../pages/html.ts';
import type { DocsSite } from './docs-site.ts';

interface NavigationGroup {
  readonly title: string;
  readonly links: readonly NavigationLink[];
}

interface NavigationLink {
  readonly path: string;
  readonly title: string;
  /** Shown below it while it is open. */
  readonly inside?: readonly { readonly href: string; readonly title: string }[];
}

/** The navigation at the side. On a narrow screen it is folded. */
export function renderNavigation(site: DocsSite, path: string): Html {
  const groups = listGroups(site);
  const list = html`<nav class="docs-nav" aria-label="Documentation">${groups.map((group) => renderGroup(group, path))}</nav>`;
  return html`<div class="docs-side">
<details class="docs-fold"><summary>All pages</summary>${groups.map((group) => renderGroup(group, path))}</details>
${list}</div>`;
}

function renderGroup({ title, links }: NavigationGroup, path: string): Html {
  return html`<p class="docs-nav-title">${title}</p><ul>${links.map((link) => renderLink(link, path))}</ul>`;
}

function renderLink({ path, title, inside = [] }: NavigationLink, current: string): Html {
  const isCurrent = path === current;
  const below =
    isCurrent && inside.length > 1
      ? html`<ul>${inside.map((one) => html`<li><a href="${one.href}">${one.title}</a></li>`)}</ul>`
      : '';
  return html`<li><a href="${path}"${isCurrent ? html` aria-current="page"` : ''}>${title}</a>${below}</li>`;
}

function listGroups({ groups, texts }: DocsSite): NavigationGroup[] {
  const toLinks = (group: string) =>
    texts.filter((text) => text.group === group).map(({ path, title }) => ({ path, title }));
  return [
    { title: 'Start', links: [{ path: '/docs', title: 'Overview' }] },
    { title: 'Guides', links: toLinks('Guides') },
    {
      title: 'Reference',
      links: [
        ...groups.map(({ path, title, operations }) => ({
          path,
          title,
          inside: operations.map(({ operation }) => ({
            href: `${path}#${operation.operationId}`,
            title: operation.summary,
          })),
        })),
        ...toLinks('Reference'),
      ],
    },
    { title: 'Server', links: toLinks('Server') },
  ];
}
