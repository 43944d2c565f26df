import * as l10n from '@vscode/l10n';
import { columnLeft, spanWidth, type Card, type Layout } from '../../model/layout.ts';
import { titleOf } from '../../model/texts.ts';
import { fullTimeText, timeText } from '../../model/units.ts';
import { language, useShared } from '../context.ts';
import { Tile } from './tile.tsx';

/** A task's variations, or as many as fit in a row, under one heading. */
export function CardView({
  card: { group, items, column, from },
  layout,
  withHeader,
}: {
  card: Card;
  layout: Layout;
  withHeader: boolean;
}) {
  const {
    state: {
      arrangement: { byId },
    },
  } = useShared();
  const title = titleOf(group);
  return (
    <section
      class="card"
      role="group"
      aria-label={title.slice(0, 160)}
      style={{
        left: `${columnLeft(column, layout.tile)}px`,
        width: `${spanWidth(items.length, layout.tile)}px`,
      }}
    >
      {withHeader && <Header group={group} title={title} goesOn={from > 0} />}
      <div class="tiles" role="presentation">
        {items.map(item => {
          const placed = byId.get(item.id);
          return placed && <Tile key={item.id} placed={placed} size={layout.tile} />;
        })}
      </div>
    </section>
  );
}

function Header({
  group,
  title,
  goesOn,
}: {
  group: Card['group'];
  title: string;
  goesOn: boolean;
}) {
  const {
    state: {
      arrangement: { shown },
    },
    dispatch,
  } = useShared();
  const selectAll = () =>
    dispatch({
      type: 'selectItems',
      ids: shown.find(one => one.group === group)?.items.map(item => item.id) ?? [],
    });
  return (
    <div class="card-header" onClick={selectAll}>
      <span class="title" dir="auto" title={title}>
        {goesOn ? `… ${title}` : title}
      </span>
      {group.demo && <span class="badge">{l10n.t('demo')}</span>}
      {group.model !== undefined && <span class="model">{group.model}</span>}
      <time
        onPointerEnter={event => {
          event.currentTarget.title = fullTimeText(group.time, language());
        }}
      >
        {timeText(group.time, Date.now(), language()) ?? l10n.t('just now')}
      </time>
    </div>
  );
}
