import * as l10n from '@vscode/l10n';
import type { ComponentChildren } from 'preact';
import { useShared } from './context.ts';
import { Icon } from './icons.tsx';

/** Why there is nothing to see, and what to do about it. */
export function Empty() {
  const { state, dispatch, post } = useShared();
  const {
    groups,
    empty,
    reading,
    search,
    filter,
    arrangement: { counts },
  } = state;
  if (!empty && (reading === undefined || reading > 0))
    return <Note text={l10n.t('Looking for pictures…')} />;
  if (groups.length === 0) {
    if (empty?.why === 'noFolder')
      return (
        <Note
          icon="picture"
          text={l10n.t(
            'No folder is open. The gallery shows the pictures of a project: open its folder first.',
          )}
        />
      );
    const text =
      empty?.folder === undefined
        ? l10n.t('There are no pictures yet.')
        : l10n.t('There are no pictures in {0} yet.', empty.folder);
    return (
      <Note icon="picture" text={text}>
        <button class="primary" onClick={() => post({ type: 'generate' })}>
          {l10n.t('Generate Image')}
        </button>
      </Note>
    );
  }
  if (search.trim() !== '') {
    const elsewhere = filter !== 'all' && counts.all > 0;
    return (
      <Note icon="search" text={l10n.t('Nothing here matches "{0}".', search.trim())}>
        <button class="primary" onClick={() => dispatch({ type: 'search', search: '' })}>
          {l10n.t('Clear Search')}
        </button>
        {elsewhere && <ShowAll />}
      </Note>
    );
  }
  const text =
    filter === 'kept'
      ? l10n.t('Nothing is kept yet. Press K on a picture to keep it.')
      : l10n.t('Everything is decided.');
  return (
    <Note icon="check" text={text}>
      <ShowAll />
    </Note>
  );
}

function ShowAll() {
  const { dispatch } = useShared();
  return (
    <button class="quiet" onClick={() => dispatch({ type: 'filter', filter: 'all' })}>
      {l10n.t('Show All')}
    </button>
  );
}

function Note({
  icon,
  text,
  children,
}: {
  icon?: Parameters<typeof Icon>[0]['name'];
  text: string;
  children?: ComponentChildren;
}) {
  return (
    <main class="empty">
      {icon && <Icon name={icon} />}
      <p dir="auto">{text}</p>
      <div class="buttons">{children}</div>
    </main>
  );
}
