// Writes the tools of src/agents into package.json; a unit test fails where they differ.
import { readFile, writeFile } from 'node:fs/promises';
import { schemaOf, tools } from '../src/agents/tools.ts';

const file = new URL('../package.json', import.meta.url);
const manifest = JSON.parse(await readFile(file, 'utf8'));
manifest.contributes.languageModelTools = tools.map(tool => {
  const key = tool.name.replace(/^jimeng_/, '');
  return {
    name: tool.name,
    toolReferenceName: `jimeng${key
      .split('_')
      .map(word => word[0].toUpperCase() + word.slice(1))
      .join('')}`,
    displayName: `%tool.${key}%`,
    userDescription: `%tool.${key}.about%`,
    modelDescription: tool.description,
    canBeReferencedInPrompt: true,
    icon: tool.wanted ? '$(sparkle)' : '$(list-unordered)',
    tags: ['jimeng'],
    inputSchema: schemaOf(tool),
  };
});
await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
