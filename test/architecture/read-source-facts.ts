import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** What the rules need to know about one source file. */
export interface SourceFacts {
  /** From src/, with slashes. */
  readonly path: string;
  readonly imports: readonly ImportFact[];
  readonly readsProcessEnv: boolean;
  /** Names of module-level variables that can change: `let`, `var`, and containers that start empty. */
  readonly moduleState: readonly string[];
  /** Identifiers that occur anywhere, and those inside the conditions of `if` and `? :`. */
  readonly names: ReadonlySet<string>;
  readonly conditionNames: ReadonlySet<string>;
}

export interface ImportFact {
  /** A file, as a path from src/, or else a package or a module of Node's as written. */
  readonly target: string;
  readonly isFile: boolean;
  readonly typeOnly: boolean;
}

/** Reads every TypeScript file under the folder, tests included. */
export function readSourceFacts(sourceFolder: string): SourceFacts[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?tsx?$/.test(path))
    .sort()
    .map((path) => {
      const text = readFileSync(join(sourceFolder, path), 'utf8');
      return toSourceFacts(relative('.', path).split(sep).join('/'), text);
    });
}

export function toSourceFacts(path: string, text: string): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: ImportFact[] = [];
  const names = new Set<string>();
  const conditionNames = new Set<string>();
  let readsProcessEnv = false;

  const visit = (node: ts.Node, inCondition: boolean): void => {
    const found = findSpecifier(node);
    if (found !== undefined) imports.push(toImportFact(path, found));
    if (ts.isIdentifier(node)) {
      names.add(node.text);
      if (inCondition) conditionNames.add(node.text);
    }
    if (isProcessEnv(node)) readsProcessEnv = true;
    const condition = ts.isIfStatement(node)
      ? node.expression
      : ts.isConditionalExpression(node)
        ? node.condition
        : undefined;
    ts.forEachChild(node, (child) => visit(child, inCondition || child === condition));
  };
  visit(file, false);
  const importsEnv = imports.some(({ target }) => target === 'node:process' || target === 'process');
  const moduleState = file.statements.flatMap(findModuleState);
  return {
    path,
    imports,
    readsProcessEnv: readsProcessEnv || (importsEnv && names.has('env')),
    moduleState,
    names,
    conditionNames,
  };
}

interface FoundSpecifier {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Static imports, re-exports, `import()` as a call and as a type, and `require`. */
function findSpecifier(node: ts.Node): FoundSpecifier | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.importClause;
    const typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || hasOnlyTypes(clause);
    return { specifier: node.moduleSpecifier.text, typeOnly };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    return ts.isStringLiteral(literal) ? { specifier: literal.text, typeOnly: true } : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const [first] = node.arguments;
  const loads =
    node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(node.expression) && node.expression.text === 'require');
  return loads && first !== undefined && ts.isStringLiteralLike(first)
    ? { specifier: first.text, typeOnly: false }
    : undefined;
}

/** `import { type A, type B }`: nothing of it is left when the program runs. */
function hasOnlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined || clause.name !== undefined) return false;
  const bindings = clause.namedBindings;
  return (
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

function toImportFact(path: string, { specifier, typeOnly }: FoundSpecifier): ImportFact {
  const isFile = specifier.startsWith('.');
  const target = isFile ? posix.join(posix.dirname(path), specifier) : specifier;
  return { target, isFile, typeOnly };
}

function isProcessEnv(node: ts.Node): boolean {
  const isProcess = (expression: ts.Expression) =>
    ts.isIdentifier(expression) && expression.text === 'process';
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (!ts.isElementAccessExpression(node) || !isProcess(node.expression)) return false;
  return ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === 'env';
}

function findModuleState(statement: ts.Statement): string[] {
  if (!ts.isVariableStatement(statement)) return [];
  const { declarationList } = statement;
  const isConst = (declarationList.flags & ts.NodeFlags.Const) !== 0;
  return declarationList.declarations
    .filter(({ initializer }) => !isConst || (initializer !== undefined && startsEmpty(initializer)))
    .map((declaration) => declaration.name.getText());
}

/** A container that is empty at first can only be there to be filled; one with contents is a table. */
function startsEmpty(value: ts.Expression): boolean {
  if (ts.isArrayLiteralExpression(value)) return value.elements.length === 0;
  if (ts.isObjectLiteralExpression(value)) return value.properties.length === 0;
  if (!ts.isNewExpression(value) || !ts.isIdentifier(value.expression)) return false;
  const isContainer = /^(Weak)?(Map|Set)$/.test(value.expression.text);
  return isContainer && (value.arguments ?? []).length === 0;
}
