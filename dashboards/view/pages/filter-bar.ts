/** The filters over the list of alerts, with true counts; each is an address, so that a filtered list can be sent on. */
import { formatCount } from '../../model/format.ts';
import { GROUPINGS, TABS, type AlertFilter, type AlertGroups } from '../../model/pages/alert-groups.ts';
import { severityText } from '../../model/pages/alert-words.ts';
import { changed } from '../../model/pages/page-address.ts';
import { PAGE_TEXTS } from '../../model/pages/page-strings.ts';
import { fill, type Language } from '../../model/strings.ts';
import { element, setText } from '../element.ts';
import { segments, select, text } from './parts.ts';

const TAB_TEXTS = { open: 'tabOpen', pending: 'tabPending', silenced: 'tabSilenced', resolved: 'tabResolved' } as const;
const BY_TEXTS = { rule: 'byRule', owner: 'byOwner', flat: 'flat' } as const;

export function filterBar(
  lang: Language,
  filter: AlertFilter,
  search: string,
): { readonly root: HTMLElement; show(groups: AlertGroups, isWhole: boolean): void } {
  const texts = PAGE_TEXTS[lang];
  const go = (name: string, value: string | null): void => {
    location.search = changed(search, { [name]: value });
  };
  const tabs = segments(
    texts.stateFilter,
    TABS.map((value) => ({ value, label: '' })),
    filter.tab,
    (tab) => go('show', tab === 'open' ? null : tab),
  );
  const by = segments(
    texts.groupFilter,
    GROUPINGS.map((value) => ({ value, label: texts[BY_TEXTS[value]] })),
    filter.by,
    (value) => go('by', value === 'rule' ? null : value),
  );
  const severity = element('span', '');
  const owner = element('span', '');
  const words = element('input', 'inp', [], { type: 'search', 'aria-label': texts.textFilter });
  words.placeholder = texts.textFilter;
  words.value = filter.text;
  words.addEventListener('change', () => go('q', words.value === '' ? null : words.value));
  const summary = text('span', '', 'sec sum');
  const root = element('div', 'fl', [text('h1', texts.navAlerts), tabs, by, severity, owner, words, summary]);
  let choices = '';
  return {
    root,
    show(groups, isWhole) {
      TABS.forEach((tab, i) => {
        const node = tabs.children[i]?.querySelector('span');
        const isKnown = tab !== 'resolved' || isWhole;
        const n = isKnown ? formatCount(groups.counts[tab], lang) : '…';
        if (node !== null && node !== undefined) setText(node, fill(texts[TAB_TEXTS[tab]], { n }));
      });
      const rules = new Set(groups.open.flatMap(({ items }) => items.map(({ message }) => message.rule)));
      const keys = groups.open.reduce((sum, { items }) => sum + items.length, 0);
      setText(summary, fill(texts.listSummary, { rules: rules.size, keys }));
      const now = JSON.stringify([groups.severities, groups.owners]);
      if (now === choices) return;
      choices = now;
      const any = (label: string) => ({ value: '', label });
      const severities = groups.severities.map((value) => ({ value, label: severityText(value, lang) }));
      const owners = groups.owners.map((value) => ({ value, label: value }));
      const chosen = (name: string) => (value: string) => go(name, value === '' ? null : value);
      severity.replaceChildren(
        select(
          texts.severityFilter,
          [any(texts.allSeverities), ...severities],
          filter.severity ?? '', // any
          chosen('severity'),
        ),
      );
      const owned = filter.owner ?? ''; // anybody's
      owner.replaceChildren(select(texts.ownerFilter, [any(texts.allOwners), ...owners], owned, chosen('owner')));
    },
  };
}
