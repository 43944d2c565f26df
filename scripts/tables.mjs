// npm run tables: brings everything up to date that is made from the tables of the code: models, options and agents' tools in
// package.json, SKILL.md and both READMEs. A unit test fails where one is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { schemaOf, tools } from '../src/agents/tools.ts';
import { IMAGE_DEFAULTS, imageModels, regions } from '../src/core/request/models.ts';
import { optionRows } from '../src/core/request/option-values.ts';
import { VIDEO_DEFAULTS, videoModels } from '../src/core/request/video-models.ts';
import { flagOf } from '../src/terminal/generation/options.ts';

/** Each file by its path, with what has to become of its text. */
const files = {
  'package.json': text => {
    const manifest = JSON.parse(text);
    manifest.contributes.languageModelTools = tools.map(declarationOf);
    const settings = manifest.contributes.configuration.properties;
    for (const { name, setting, values } of optionRows('image'))
      if (setting && values) settings[`jimeng.${name}`].enum = ['', ...values.image];
    return `${JSON.stringify(manifest, null, 2)}\n`;
  },
  'src/agents/skill/SKILL.md': text =>
    withTable(text, ['option', 'what it is', 'of'], optionRows().map(optionCells)),
  'README.md': text =>
    withModels(text, {
      headings: ['pictures', 'videos', 'sites', 'seconds'],
      sites: { cn: 'China', us: 'US', hk: 'HK', jp: 'JP', sg: 'SG' },
      all: 'all',
      comma: ', ',
      to: ' to ',
      usual: ' (default)',
      always: size => ` (always ${size})`,
      intelligent: 'words in the prompt may choose the ratio (*Intelligent Ratio*)',
    }),
  'README.zh-CN.md': text =>
    withModels(text, {
      headings: ['图片', '视频', '站点', '时长（秒）'],
      sites: { cn: '国内', us: '美国', hk: '香港', jp: '日本', sg: '新加坡' },
      all: '全部',
      comma: '、',
      to: ' 至 ',
      usual: '（默认）',
      always: size => `（固定 ${size}）`,
      intelligent: '可由提示词中的词语决定比例（智能比例）',
    }),
};

/** The files of which one is stale, each with the text that it should have. */
export async function staleFiles() {
  const all = await Promise.all(
    Object.entries(files).map(async ([path, update]) => {
      const text = await readFile(new URL(`../${path}`, import.meta.url), 'utf8');
      return { path, text, wanted: update(text) };
    }),
  );
  return all.filter(({ text, wanted }) => text !== wanted);
}

function declarationOf(tool) {
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
}

/** As the terminal's help has it. */
function optionCells({ name, kinds, usage, help }) {
  const [text, ofVideo] = [help.image, help.video].flatMap(of => of?.() ?? []);
  const flag = usage ? `--${flagOf(name)} ${usage()}` : `--${flagOf(name)}`;
  const commands = kinds.length > 1 ? 'all' : kinds[0] === 'image' ? 'text, image' : 'video';
  const all = ofVideo === undefined ? text : `${text}; of a video ${ofVideo}`;
  return [`\`${flag}\``, all.replaceAll('\n', ' '), commands];
}

/** The tables of models in a README. */
function withModels(readme, words) {
  const [pictures, videos, where, time] = words.headings;
  const marked = (id, usual) => (id === usual ? id + words.usual : id);
  const pictureRows = imageModels.map(({ id, forced, intelligentRatio, ...model }) => [
    marked(id, IMAGE_DEFAULTS.model),
    sitesOf(model, words, forced),
    intelligentRatio ? words.intelligent : '',
  ]);
  const videoRows = videoModels.map(({ id, durations, ...model }) => [
    marked(id, VIDEO_DEFAULTS.model),
    sitesOf(model, words),
    durations.length > 3 ? durations[0] + words.to + durations.at(-1) : durations.join(words.comma),
  ]);
  return withTable(
    withTable(readme, [pictures, where, ''], joined(pictureRows, 'jimeng-', words)),
    [videos, where, time],
    joined(videoRows, 'jimeng-video-', words),
  );
}

/** The sites of a model; what it always makes there stands behind those to which it applies. */
function sitesOf(model, { sites, all, always, comma }, forced) {
  const sizeOf = region => {
    const { width, height, resolution } = forced?.(region) ?? {};
    return width === undefined ? resolution : `${width}×${height}`;
  };
  if (!forced && model.regions.length === regions.length) return all;
  return model.regions
    .map((region, index) => {
      const size = sizeOf(region);
      const isLast =
        size !== sizeOf(model.regions[index + 1]) || index + 1 === model.regions.length;
      return sites[region] + (isLast && size !== undefined ? always(size) : '');
    })
    .join(comma);
}

/** Neighbours that differ in their name only share a row. The beginning that names have in common is said once. */
function joined(rows, prefix, { comma }) {
  const all = [];
  for (const [name, ...cells] of rows) {
    const last = all.at(-1);
    if (last && name.startsWith(prefix) && last.slice(1).join() === cells.join())
      last[0] += comma + name.slice(prefix.length);
    else all.push([name, ...cells]);
  }
  return all;
}

/** A Markdown text in which the rows of the table with these headings are replaced. */
function withTable(text, headings, rows) {
  const line = cells => `|${cells.map(cell => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|\n`;
  const [before, after, ...others] = text.split(
    `${line(headings)}|${'---|'.repeat(headings.length)}\n`,
  );
  if (after === undefined || others.length > 0)
    throw new Error(`There is not one table with the headings ${headings.join(', ')}.`);
  return `${before}${line(headings)}|${'---|'.repeat(headings.length)}\n${rows.map(line).join('')}${after.replace(/^(?:\|.*\n)*/, '')}`;
}

if (import.meta.main)
  for (const { path, wanted } of await staleFiles()) {
    await writeFile(new URL(`../${path}`, import.meta.url), wanted);
    console.log(path);
  }
