import * as l10n from '@vscode/l10n';
import { Fragment } from 'preact';
import { actionsFor, type Action } from '../../model/actions.ts';
import type { Placed } from '../../model/arrange.ts';
import { actionText, pixels } from '../../model/texts.ts';
import { bytesText, fullTimeText } from '../../model/units.ts';
import { language, useShared } from '../context.ts';
import { textMenu } from '../context-menu.ts';
import { actionIcons, Icon } from '../icons.tsx';

const leading: readonly Action[] = ['keep', 'undecide', 'keepOnly', 'delete'];

/** What is known of a picture, and what can be done with it. */
export function Details({ placed, decide }: { placed: Placed; decide: (action: Action) => void }) {
  const { run } = useShared();
  const { group, item } = placed;
  const actions = actionsFor([placed]).filter(action => action !== 'fullSize');
  const words = [
    ...(group.prompt === undefined ? [] : [{ label: l10n.t('Prompt'), value: group.prompt }]),
    ...group.options.filter(option => option.words),
  ];
  const rows: [string, string | undefined][] = [
    [
      l10n.t('Model'),
      group.demo
        ? [group.model, l10n.t('demo')].filter(part => part !== undefined).join(' · ')
        : group.model,
    ],
    ...group.options
      .filter(({ words }) => !words)
      .map(({ label, value }): [string, string] => [label, value]),
    [l10n.t('Size'), pixels(item)],
    [l10n.t('File Size'), bytesText(item.bytes, language())],
    [l10n.t('Time'), fullTimeText(item.modified, language())],
    [l10n.t('File'), item.path],
  ];
  return (
    <aside class="details" aria-label={l10n.t('Details')}>
      <div class="leading" role="group" aria-label={l10n.t('Decision')}>
        {actions
          .filter(action => leading.includes(action))
          .map(action => (
            <button key={action} class="quiet" onClick={() => decide(action)}>
              <Icon name={actionIcons[action] ?? 'more'} filled={action === 'undecide'} />
              {actionText(action)}
            </button>
          ))}
      </div>
      <div class="facts" tabIndex={0} data-vscode-context={textMenu}>
        {words.map(({ label, value }) => (
          <Fragment key={label}>
            <h2>{label}</h2>
            <p class="prompt" dir="auto">
              {value}
            </p>
          </Fragment>
        ))}
        <dl>
          {rows
            .filter(([, text]) => text !== undefined && text !== '')
            .map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd dir="auto">{text}</dd>
              </div>
            ))}
        </dl>
      </div>
      <div class="deeds">
        {actions
          .filter(action => !leading.includes(action))
          .map(action => (
            <button key={action} class="link" onClick={() => run(action, [placed])}>
              {actionText(action)}
            </button>
          ))}
      </div>
    </aside>
  );
}
