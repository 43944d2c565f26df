// What is written into other projects: the templates as they are, and what the compiler makes of the TypeScript ones.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import ts from 'typescript';

const templates = new URL('../src/agents/scaffold/templates/', import.meta.url);
const skill = new URL('../src/agents/skill/SKILL.md', import.meta.url);

/** Fills the folder `agents` of dist: each template as .ts and .cts (TypeScript), .mjs and .cjs (JavaScript), and .py. */
export async function writeAgentFiles(folder) {
  await mkdir(folder, { recursive: true });
  await copyFile(skill, new URL('SKILL.md', folder));
  await Promise.all(
    ['client', 'webhook'].map(async kind => {
      const source = await readFile(new URL(`${kind}.ts`, templates), 'utf8');
      await copyFile(new URL(`${kind}.py`, templates), new URL(`${kind}.py`, folder));
      await writeFile(new URL(`${kind}.ts`, folder), source);
      await writeFile(new URL(`${kind}.cts`, folder), commonJsSyntax(source));
      await writeFile(new URL(`${kind}.mjs`, folder), javaScript(source, ts.ModuleKind.ES2022));
      await writeFile(new URL(`${kind}.cjs`, folder), javaScript(source, ts.ModuleKind.CommonJS));
    }),
  );
}

/** The compiler's output, indented as ours. It drops empty lines, but keeps comments: they go through it as such. */
function javaScript(source, module) {
  const { outputText, diagnostics } = ts.transpileModule(source.replace(/^$/gm, '//~'), {
    reportDiagnostics: true,
    // Without `esModuleInterop` a module of Node is what `require` returns, and no code of the compiler's own is added.
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module,
      esModuleInterop: false,
      ignoreDeprecations: '6.0',
    },
  });
  if (diagnostics.length > 0)
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
  const lines = outputText
    .replace(/^ *\/\/~$/gm, '')
    .replace(/^(?: {4})+/gm, indentation => indentation.slice(indentation.length / 2));
  return `${lines.replace(/\n{3,}/g, '\n\n').trim()}\n`; // a type leaves the empty lines around it
}

/** TypeScript with the imports and exports of CommonJS, as `verbatimModuleSyntax` wants them: the compiler makes no such. */
function commonJsSyntax(source) {
  const file = ts.createSourceFile('template.ts', source, ts.ScriptTarget.ES2022);
  const edits = [];
  const exported = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) {
      const { importClause, moduleSpecifier } = statement;
      const type = importClause.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : '';
      edits.push({
        start: statement.getStart(file),
        end: statement.end,
        text: `import ${type}${importClause.namedBindings.name.text} = require(${moduleSpecifier.getText(file)});`,
      });
    }
    const keyword = statement.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (keyword) edits.push({ start: keyword.getStart(file), end: keyword.end + 1, text: '' });
    if (keyword && (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)))
      exported.push(statement.name.text);
  }
  const body = edits.reduceRight(
    (text, { start, end, text: replacement }) =>
      text.slice(0, start) + replacement + text.slice(end),
    source,
  );
  return `${body}\nexport = { ${exported.join(', ')} };\n`;
}
