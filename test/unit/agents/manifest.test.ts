import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { schemaOf, tools } from '../../../src/agents/tools.ts';

interface Declared {
  name: string;
  modelDescription: string;
  toolReferenceName: string;
  inputSchema: object;
}

suite('tools in the manifest', () => {
  const { contributes } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as { contributes: { languageModelTools: Declared[]; mcpServerDefinitionProviders?: object } };

  test('are those of the code; "npm run tables" writes them', () => {
    const declared = contributes.languageModelTools.map(
      ({ name, modelDescription, inputSchema }) => ({ name, modelDescription, inputSchema }),
    );
    assert.deepEqual(
      declared,
      tools.map(tool => ({
        name: tool.name,
        modelDescription: tool.description,
        inputSchema: schemaOf(tool),
      })),
    );
  });

  test('are offered once inside the editor', () =>
    assert.equal(contributes.mcpServerDefinitionProviders, undefined));
});
