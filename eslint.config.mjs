import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * What each folder of src may import, for types too; what is not named it may not. A single file is named where the rest of
 * its folder lies above. (Cycles between files are found by test/unit/structure.test.ts.)
 */
const mayImport = {
  'core/system': ['core/service/failures'],
  'core/request': ['core/service/failures'],
  'core/page': ['core/request'],
  'core/session': ['core/request', 'core/system'],
  'core/images': [
    'core/inputs/address.ts',
    'core/inputs/content.ts',
    'core/queue/task.ts',
    'core/request',
    'core/service/failures',
    'core/system',
  ],
  'core/inputs': ['core/images', 'core/output', 'core/request', 'core/service', 'core/system'],
  'core/service': ['core/inputs', 'core/request', 'core/session', 'core/system'],
  'core/output': [
    'core/images',
    'core/inputs/address.ts',
    'core/queue/task.ts',
    'core/request',
    'core/service',
    'core/system',
  ],
  'core/queue': [
    'core/images',
    'core/inputs',
    'core/output',
    'core/request',
    'core/service',
    'core/session',
    'core/system',
  ],
  'core/gallery': ['core/images', 'core/request', 'core/system'],
  'core/doctor': ['core/service', 'core/session', 'core/system'],

  convert: ['core/images', 'core/request/models.ts'],
  demo: ['core/images', 'core/request', 'core/service', 'core/session'],
  agents: ['core/inputs', 'core/queue', 'core/request', 'core/service', 'core/system'],
  gallery: ['core/gallery'],

  'terminal/platform': ['core', 'terminal/agents/project-root.ts', 'terminal/services.ts'],
  'terminal/generation': [
    'core',
    'terminal/agents/project-root.ts',
    'terminal/platform',
    'terminal/services.ts',
  ],
  'terminal/agents': ['agents', 'core', 'terminal/platform', 'terminal/services.ts'],
  'terminal/commands': [
    'agents',
    'core',
    'demo',
    'terminal/agents',
    'terminal/generation',
    'terminal/platform',
    'terminal/services.ts',
  ],
  terminal: ['agents', 'core', 'demo'],

  'editor/platform': [
    'core',
    'editor/gallery',
    'editor/generate',
    'editor/help',
    'editor/service',
    'editor/session',
    'editor/tasks',
  ],
  'editor/gallery': ['core', 'editor/generate', 'editor/platform'],
  'editor/session': ['core', 'editor/generate', 'editor/platform', 'editor/service'],
  'editor/service': [
    'core',
    'demo',
    'editor/generate',
    'editor/help',
    'editor/platform',
    'editor/session',
  ],
  'editor/help': ['core', 'editor/generate', 'editor/platform', 'editor/service', 'editor/session'],
  'editor/generate': [
    'core',
    'editor/pages',
    'editor/platform',
    'editor/service',
    'editor/session',
    'editor/tasks',
  ],
  'editor/tasks': [
    'core',
    'editor/generate',
    'editor/pages',
    'editor/platform',
    'editor/service',
    'editor/session',
  ],
  'editor/pages': ['core', 'editor/gallery', 'editor/generate', 'editor/platform', 'editor/tasks'],
  'editor/agents': [
    'agents',
    'core',
    'editor/generate',
    'editor/platform',
    'editor/service',
    'editor/session',
    'editor/tasks',
  ],
  editor: ['agents', 'core', 'demo'],

  'extension.ts': ['core', 'editor'],
  'cli.ts': ['terminal'],
};

const directions = Object.entries(mayImport).map(([folder, others]) => ({
  target: `./src/${folder}`,
  from: './src',
  except: [folder, ...others],
  message: `See mayImport in eslint.config.mjs.`,
}));

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
      'import-x/no-restricted-paths': ['error', { zones: directions }],
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
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/editor/**', 'src/extension.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { name: 'vscode', message: 'Only src/editor and its composition root know the editor.' },
      ],
    },
  },
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
