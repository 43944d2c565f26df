import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const noVscode = {
  paths: [
    { name: 'vscode', message: 'Only src/editor and the composition root may know the editor.' },
  ],
};

/** What a folder of src may not import: dependencies point one way (CONTRIBUTING.md). */
function closed(files, folders) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          ...noVscode,
          patterns: [
            {
              regex: `/(${folders.join('|')})(/|\\.ts$)`,
              message: 'Dependencies point one way: see CONTRIBUTING.md.',
            },
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist', 'out', 'node_modules', '**/*.js', 'src/convert/assembly'] },
  ...tseslint.configs.strictTypeChecked.map(config => ({
    ...config,
    files: ['src/**/*.{ts,tsx}', 'test/**/*.ts'],
  })),
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver': { node: { extensions: ['.ts', '.tsx'] } },
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      // By the files' places, because several folders are called gallery.
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            {
              target: './src/!(gallery)/**/*',
              from: './src/gallery',
              message:
                'The page of the gallery runs in a browser; nothing but messages goes to it.',
            },
            {
              target: './src/*.ts',
              from: './src/gallery',
              message:
                'The page of the gallery runs in a browser; nothing but messages goes to it.',
            },
            {
              target: './src/gallery',
              from: './src/!(gallery|core)/**/*',
              message: 'The page of the gallery knows core/gallery only.',
            },
            {
              target: './src/gallery',
              from: './src/core/!(gallery)/**/*',
              message: 'The page of the gallery knows core/gallery only.',
            },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    // One rejection that nobody hears ends the MCP server with what it has paid for. In tests it fails the run, as it should.
    rules: { '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }] },
  },
  closed(
    ['src/core/**/*.ts'],
    ['editor', 'agents', 'terminal', 'demo', 'convert', 'extension', 'cli'],
  ),
  closed(['src/demo/**/*.ts', 'src/agents/**/*.ts'], ['editor', 'terminal', 'extension', 'cli']),
  closed(['src/terminal/**/*.ts'], ['editor', 'extension', 'cli']),
  {
    files: ['src/gallery/**/*.{ts,tsx}'],
    rules: {
      // Its schemas would come along into the page.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/core/gallery/protocol.ts'],
              allowTypeImports: true,
              message: 'Import types only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/editor/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(terminal|extension\\.ts|cli\\.ts)',
              message: 'Nothing imports a composition root.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression:matches([callee.name=/^rm/], [callee.property.name=/^(rm|rmSync|rmdir|delete)$/]) > ObjectExpression > Property[key.name="recursive"]',
          message:
            'Remove what the product made, file by file: a folder may be a link, or hold what is not ours.',
        },
      ],
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
