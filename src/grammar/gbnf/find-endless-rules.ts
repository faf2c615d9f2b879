/**
 * The requirements of a rule: for each of its alternatives, the rules and groups in it that are not optional.
 */
type Needs = readonly (readonly (string | Needs)[])[];

const tokenPattern = /"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[a-zA-Z0-9-]+|[()|*?+]|\{(\d+)(?:,\d*)?\}/gu;

/**
 * The names of rules that have no text, because each of their alternatives comes back to one of them: no end can be
 * reached from there. Of bodies as the writer has them, by name.
 */
export function findEndlessRules(bodies: ReadonlyMap<string, string>): Set<string> {
  const endless = new Map([...bodies].map(([name, body]) => [name, toNeeds(body)]));
  const hasEnd = (needs: Needs): boolean =>
    needs.some((sequence) =>
      sequence.every((need) => (typeof need === 'string' ? !endless.has(need) : hasEnd(need))),
    );
  // Most rules are written after the rules that they need, so a few rounds suffice.
  for (let before = -1; before !== endless.size; ) {
    before = endless.size;
    for (const [name, needs] of endless) if (hasEnd(needs)) endless.delete(name);
  }
  return new Set(endless.keys());
}

function toNeeds(body: string): Needs {
  const open: { alternatives: (string | Needs)[][] }[] = [{ alternatives: [[]] }];
  for (const [token, least] of body.matchAll(tokenPattern)) {
    const { alternatives } = open.at(-1) ?? { alternatives: [] };
    const sequence = alternatives.at(-1);
    if (token === '(') open.push({ alternatives: [[]] });
    else if (token === '|') alternatives.push([]);
    else if (token === ')') {
      open.pop();
      open.at(-1)?.alternatives.at(-1)?.push(alternatives);
    } else if (token === '*' || token === '?' || Number(least) === 0) sequence?.pop();
    else if (/^[a-zA-Z0-9-]/.test(token)) sequence?.push(token);
    // Characters end immediately. They are in the list so that a count after them finds them.
    else if (token.startsWith('"') || token.startsWith('[')) sequence?.push([[]]);
  }
  return open[0]?.alternatives ?? [];
}
