import * as l10n from '@vscode/l10n';
import { chosenTexts } from '../request/option-values.ts';
import type { PictureInput, PictureSettings } from './settings.ts';

/**
 * How a picture was made, as plain text: one line each, with the prompt unchanged at the end, since only there may text
 * from the file span several lines.
 * @param language of the date, as a BCP 47 tag; the system's by default
 */
export function describeSettings(
  { request, service, time, version }: PictureSettings,
  language?: string,
): string {
  const { images, prompt } = request;
  const lines: [name: string, value: string][] = [
    ...chosenTexts('image', request).map(({ label, value }): [string, string] => [label(), value]),
    ...(images?.map((input, index): [string, string] => [
      l10n.t('Picture {0}', index + 1),
      describeInput(input),
    ]) ?? []),
    [l10n.t('Service'), serviceText(service)],
    [l10n.t('Sent'), new Date(time).toLocaleString(language)],
    [l10n.t('Saved by'), `Jimeng for VS Code ${version}`],
  ];
  return [
    ...lines.map(([name, value]) => l10n.t('{0}: {1}', name, value.replace(/\s+/g, ' '))),
    '',
    prompt === undefined
      ? l10n.t('The prompt was not recorded.')
      : `${l10n.t('Prompt')}\n\n${prompt}`,
    '',
  ].join('\n');
}

function describeInput(input: PictureInput): string {
  return 'uri' in input ? input.uri : `${input.name} · SHA-256 ${input.sha256}`;
}

function serviceText({ demo, kind }: PictureSettings['service']): string {
  if (demo) return l10n.t('a demo: not made by Jimeng');
  return kind === 'task'
    ? l10n.t('jimeng-api, with tasks')
    : kind === 'stock'
      ? l10n.t('jimeng-api, without tasks')
      : 'jimeng-api';
}
