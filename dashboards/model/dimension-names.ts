/** What dimension values are called on the board. What is not listed here is a name of the company's own: shown as it is. */
import { cutText } from './cut-text.ts';
import type { Language } from './strings.ts';

type Names = Readonly<Record<string, Readonly<Record<Language, string>>>>;

const CHANNELS: Names = {
  app: { 'zh-CN': 'App', en: 'App' },
  mini_program: { 'zh-CN': '小程序', en: 'Mini program' },
  official_account: { 'zh-CN': '公众号', en: 'Official account' },
  web: { 'zh-CN': '网站', en: 'Web' },
  web_chat: { 'zh-CN': '在线客服', en: 'Web chat' },
  wechat: { 'zh-CN': '微信', en: 'WeChat' },
  douyin: { 'zh-CN': '抖音', en: 'Douyin' },
  phone: { 'zh-CN': '电话', en: 'Phone' },
  email: { 'zh-CN': '邮件', en: 'E-mail' },
  sms: { 'zh-CN': '短信', en: 'SMS' },
  store: { 'zh-CN': '门店', en: 'Store' },
  pos: { 'zh-CN': '收银', en: 'POS' },
  survey: { 'zh-CN': '问卷', en: 'Survey' },
  marketplace: { 'zh-CN': '电商平台', en: 'Marketplace' },
  social: { 'zh-CN': '社交媒体', en: 'Social' },
};
const REGIONS: Names = {
  east: { 'zh-CN': '华东', en: 'East' },
  south: { 'zh-CN': '华南', en: 'South' },
  north: { 'zh-CN': '华北', en: 'North' },
  central: { 'zh-CN': '华中', en: 'Central' },
  west: { 'zh-CN': '西部', en: 'West' },
  northeast: { 'zh-CN': '东北', en: 'Northeast' },
  northwest: { 'zh-CN': '西北', en: 'Northwest' },
  southwest: { 'zh-CN': '西南', en: 'Southwest' },
};
/** Steps of journeys that many have. */
const STEPS: Names = {
  browse: { 'zh-CN': '浏览商品', en: 'Browse' },
  cart: { 'zh-CN': '加入购物车', en: 'Cart' },
  order: { 'zh-CN': '下单', en: 'Order' },
  pay: { 'zh-CN': '支付', en: 'Pay' },
  payment: { 'zh-CN': '支付', en: 'Pay' },
  ship: { 'zh-CN': '出库', en: 'Ship' },
  track: { 'zh-CN': '查看物流', en: 'Track' },
  done: { 'zh-CN': '完成', en: 'Done' },
};
/** Labels of the issue model that comes along. */
const ISSUES: Names = {
  delivery: { 'zh-CN': '配送', en: 'Delivery' },
  wait_time: { 'zh-CN': '等待时间', en: 'Waiting time' },
  service_attitude: { 'zh-CN': '服务态度', en: 'Service attitude' },
  staff_competence: { 'zh-CN': '员工专业度', en: 'Staff competence' },
  product_quality: { 'zh-CN': '产品质量', en: 'Product quality' },
  wrong_or_missing_item: { 'zh-CN': '错发漏发', en: 'Wrong or missing item' },
  description_mismatch: { 'zh-CN': '描述不符', en: 'Not as described' },
  price_value: { 'zh-CN': '价格', en: 'Price' },
  promotion: { 'zh-CN': '促销优惠', en: 'Promotion' },
  refund_return: { 'zh-CN': '退款退货', en: 'Refund, return' },
  payment_billing: { 'zh-CN': '支付账单', en: 'Payment, billing' },
  account_access: { 'zh-CN': '账户登录', en: 'Account access' },
  app_technical: { 'zh-CN': 'App 故障', en: 'App trouble' },
  hygiene_safety: { 'zh-CN': '卫生安全', en: 'Hygiene, safety' },
  environment_facility: { 'zh-CN': '环境设施', en: 'Environment' },
  location_transport: { 'zh-CN': '位置交通', en: 'Location' },
  information: { 'zh-CN': '信息说明', en: 'Information' },
  other: { 'zh-CN': '其他', en: 'Other' },
};
const NAMES: Readonly<Record<string, Names>> = { issue: ISSUES, channel: CHANNELS, region: REGIONS, step: STEPS };

/** Characters of one value: what is longer pushes the number off the tile. */
const MAX_VALUE = 24;
/** Dimensions a reader looks for first. */
const ORDER = ['region', 'channel', 'product', 'store', 'team'];

/** `{channel: 'app', region: 'east'}` → `华东 / App`. An empty value (the event lacked the dimension) shows as `–`, a long one is cut. */
export function nameOfKey(key: Readonly<Record<string, string>>, lang: Language, most = MAX_VALUE): string {
  return Object.entries(key)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([dimension, value]) => NAMES[dimension]?.[value]?.[lang] ?? (value === '' ? '–' : cutText(value, most)))
    .join(' / ');
}

function rank(dimension: string): number {
  const index = ORDER.indexOf(dimension);
  return index < 0 ? ORDER.length : index;
}

/** What one value of a dimension is called. */
export function nameOfValue(dimension: string, value: string, lang: Language): string {
  return nameOfKey({ [dimension]: value }, lang);
}

/** Values we know come in our order, others by their names: an order that does not change with what is heard. */
export function byName(dimension: string): (a: string, b: string) => number {
  const known = Object.keys(NAMES[dimension] ?? {}); // a dimension of the company's own
  const place = (value: string): number => (known.includes(value) ? known.indexOf(value) : known.length);
  return (a, b) => place(a) - place(b) || a.localeCompare(b, 'en', { numeric: true });
}
