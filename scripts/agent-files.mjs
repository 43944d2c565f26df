// What is written into other projects: templates as they are, and JavaScript made from the TypeScript ones.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

const templates = new URL('../src/agents/scaffold/templates/', import.meta.url);
const skill = new URL('../src/agents/skill/SKILL.md', import.meta.url);

/** Fills the folder `agents` of dist. */
export async function writeAgentFiles(folder) {
  await mkdir(folder, { recursive: true });
  await copyFile(skill, new URL('SKILL.md', folder));
  await Promise.all(['client', 'webhook'].map(async kind => {
    for (const extension of ['ts', 'py']) { await copyFile(new URL(`${kind}.${extension}`, templates), new URL(`${kind}.${extension}`, folder)); }
    await writeFile(new URL(`${kind}.js`, folder), withoutTypes(await readFile(new URL(`${kind}.ts`, templates), 'utf8')));
  }));
}

/**
 * JavaScript that reads as if it had been written so: Node blanks types out with spaces, and here the blanks go too, with
 * the comments of what was only a type.
 */
function withoutTypes(source) {
  const stripped = stripTypeScriptTypes(source);
  const marked = [...source].map((character, index) => stripped[index] === character ? character : '\0').join('');
  return marked
    .replace(/\0(?:\s*\0)*/g, '\0') // one mark for each type, whatever its length
    .replace(/(?:^\/\*\*(?:(?!\*\/).)*\*\/\n)?^\0;?\n\n?/gms, '') // a whole declaration
    .replace(/^( *)\0;?\n/gm, '')
    .replace(/^( *)\0 /gm, '$1') // a modifier
    .replace(/ ?\0(?=[;,)\]}]| [={)}])|\0/g, '');
}
