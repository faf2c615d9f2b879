import ts from 'typescript';

/** Names that say nothing. `data` is a field of the wire and `msg` one of pino's log lines. */
const emptyNames = /^(req|res|msg|cfg|opts|ctx|tmp|data|info|manager)$/;
const allowedNames: readonly (readonly [path: RegExp, name: string])[] = [
  [/^(?:src\/protocol|web\/src\/api)\//, 'data'],
  [/^src\/telemetry\//, 'msg'],
];

/** Rules of CONTRIBUTING.md that neither Biome nor the compiler checks, one sentence per violation. */
export function findStyleViolations(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const isProduct = /^(?:src|web)\//.test(path) && !path.endsWith('.test.ts');
  const found: string[] = [];
  const report = (node: ts.Node, problem: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1}: ${problem}`);
  };
  const visit = (node: ts.Node): void => {
    if (isSpreadLiteral(node)) report(node, 'spreads an object literal; write its properties');
    const name = isProduct ? findDeclaredName(node) : undefined;
    if (name !== undefined && isEmptyName(path, name)) report(node, `the name ${name} says nothing`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:\/\/|\/?\*).*\b(?:TODO|FIXME)\b/.test(line)) found.push(`${path}:${index + 1}: an open task`);
  }
  return found;
}

/** `{ ...{ a, b } }`: it only changes where the formatter breaks lines. */
function isSpreadLiteral(node: ts.Node): boolean {
  return ts.isSpreadAssignment(node) && ts.isObjectLiteralExpression(node.expression);
}

function findDeclaredName(node: ts.Node): string | undefined {
  const isDeclaration =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node);
  return isDeclaration && node.name !== undefined && ts.isIdentifier(node.name) ? node.name.text : undefined;
}

function isEmptyName(path: string, name: string): boolean {
  return (
    emptyNames.test(name) && !allowedNames.some(([place, allowed]) => place.test(path) && allowed === name)
  );
}
