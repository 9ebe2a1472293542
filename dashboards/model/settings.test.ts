import { expect, test } from 'vitest';
import { parseSettings, withSetting } from './settings.ts';

const PLAIN = {
  lang: 'en',
  theme: 'dark',
  kpis: null,
  rotateMs: null,
  where: {},
  kiosk: false,
  zone: null,
  alert: null,
  sound: false,
  screen: '',
  unknown: [],
};

test.each<[string, string[], object]>([
  ['', ['en-GB'], {}],
  ['', ['fr-FR', 'zh-TW', 'en'], { lang: 'zh-CN' }],
  ['', ['fr-FR'], {}],
  ['?lang=zh', ['en'], { lang: 'zh-CN' }],
  ['?lang=en', ['zh-CN'], {}],
  ['?lang=xx', ['zh-CN'], { lang: 'zh-CN', unknown: ['lang=xx'] }],
  ['?theme=light', [], { theme: 'light' }],
  ['?theme=pink', [], { unknown: ['theme=pink'] }],
  ['?kiosk=1&sound=1', [], { kiosk: true, sound: true }],
  ['?screen=Hall%203%20', [], { screen: 'Hall 3' }],
  [`?screen=${'n'.repeat(61)}`, [], { screen: 'n'.repeat(60), unknown: [`screen=${'n'.repeat(32)}…`] }],
  ['?lan=en&ticket=x', [], { unknown: ['lan=en'] }],
  ['?kpis=a,b,%20a,,c', [], { kpis: ['a', 'b', 'c'] }],
  ['?kpis=', [], {}],
  ['?rotate=30', [], { rotateMs: 30_000 }],
  ['?rotate=0.001', [], { rotateMs: 5000 }],
  ['?rotate=99999', [], { rotateMs: 3_600_000 }],
  ['?rotate=-1&kiosk', [], { kiosk: true, unknown: ['rotate=-1'] }],
  ['?rotate=soon&kiosk=0', [], { unknown: ['rotate=soon'] }],
  ['?where=channel:app,region:east', [], { where: { channel: 'app', region: 'east' } }],
  [
    '?where=channel:app&where=channel:web,bad,:x,y:',
    [],
    { where: { channel: 'web' }, unknown: ['where=channel:web,bad,:x,y:'] },
  ],
  ['?where=product:a:b', [], { where: { product: 'a:b' } }],
  ['?zone=Europe/Berlin', [], { zone: 'Europe/Berlin' }],
  ['?zone=Mars/Olympus', [], { unknown: ['zone=Mars/Olympus'] }],
])('%s of %j', (search, languages, expected) => {
  expect(parseSettings(search, languages)).toEqual({ ...PLAIN, ...expected });
});

test('a setting is changed and the others stay', () => {
  expect(withSetting('?kpis=a&lang=en', 'lang', 'zh-CN')).toBe('?kpis=a&lang=zh-CN');
});

test('a link leads to an alert', () => {
  expect(parseSettings('?lang=en', [], '#alert=a%201').alert).toBe('a 1');
  expect(parseSettings('?lang=en', [], '#top').alert).toBeNull();
});
