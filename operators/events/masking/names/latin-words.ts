/** Words that stand beside Latin names, and words that look like them. */
import { unitAt } from '../unit-at.ts';
import { LETTER, sortOf, UNSURE } from './pair-shape.ts';

/** John Smith → J** S** */
export function initials(words: string): string {
  let masked = '';
  let from = 0;
  for (let at = 0; at < words.length; at += 1) {
    const sort = sortOf(words, at);
    if (sort === UNSURE) return initialsOfAny(words);
    if ((sort & LETTER) === 0) continue;
    let end = at + 1;
    for (let next = sortOf(words, end); next !== 0; next = sortOf(words, end)) {
      if (next === UNSURE) return initialsOfAny(words);
      end += 1;
    }
    if (end - at > 1) {
      masked += `${words.slice(from, at + 1)}**`;
      from = end;
    }
    at = end - 1;
  }
  return masked + words.slice(from);
}
/** Of whatever script. */
function initialsOfAny(words: string): string {
  return words.replace(/\p{L}[\p{L}'’-]+/gu, (word) => `${word.slice(0, 1)}**`);
}

/** Words of firms, places and days that follow "speak to" and "Dear" as names do. */
const FIRMS: ReadonlySet<string> = new Set(
  (
    'Customer Customers Service Services Support Team Teams Manager Sales Care Management Reservation Reservations ' +
    'Airline Airlines Airways Air Bank Hotel Inc Ltd Corp Company Sir Sirs Madam All Everyone Colleague Colleagues Friend Friends Help Desk ' +
    'Office Department Dept Center Centre Street Road Avenue City Airport Airbus Boeing Flight Gate Monday Tuesday ' +
    'Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October ' +
    'November December The This That My Your Our I And But Not No Yes Please Thanks Thank Best Kind Good Great New ' +
    'Premium Gold Silver Platinum Prime Pro Max Plus Apple Google Amazon Microsoft Facebook Twitter United American ' +
    'Delta Southwest Virgin States Kingdom North South East West Credit Debit Card Phone Mobile App Store Online Web ' +
    'Chat Live Human Agent Representative Someone Anyone Mr Mrs Ms Miss Dr Prof Day Night Morning Afternoon Evening ' +
    'Christmas Easter Uber Lyft Netflix Paypal PayPal Ebay eBay Tesla Nike Adidas Samsung Huawei Xiaomi Sony Toyota ' +
    'Honda Ford Starbucks McDonald McDonalds Walmart Target Costco Ikea IKEA Spotify Airbnb Booking Expedia Hilton ' +
    'Marriott Citi Chase Wells Fargo Barclays HSBC Monzo Revolut Visa Mastercard WeChat Alipay Alibaba Taobao Tmall ' +
    'Jingdong Meituan Lufthansa Emirates Ryanair Klarna Shopify Instagram Whatsapp WhatsApp Android Windows Chrome ' +
    'Fedex FedEx Usps Dhl London Paris Berlin Beijing Shanghai Boston Chicago Los San Las Santa Saint Hong Kong ' +
    'Angeles Francisco Vegas York America England China India Europe There Again Guys Folks Pepper Bean Potato Kettle ' +
    'Muscle Martens'
  ).split(' '),
);
export function isFirm(words: string): boolean {
  // Letters, digits and _ of ASCII in a row, as \b has them.
  let from = 0;
  for (let at = 0; at <= words.length; at += 1) {
    const unit = unitAt(words, at);
    const letter = unit | 0x20;
    if ((letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f) continue;
    if (at > from && FIRMS.has(words.slice(from, at))) return true;
    from = at + 1;
  }
  return false;
}

/** What people are, before their name. */
export const ROLE =
  'agent|rider|driver|courier|manager|cashier|waiter|waitress|bartender|customer|client|user|colleague|co-?worker|friend|husband|wife|son|daughter|mother|father|mom|mum|dad|brother|sister|uncle|aunt|cousin|neighbou?r|boss|doctor|nurse|teacher|guest|passenger|patient|student|member|representative|rep|advisor|adviser|assistant|associate|technician|engineer|supervisor|operator|attendant|receptionist|clerk|teller|employee|specialist|consultant|officer|host|hostess|pilot|stylist|trainer|coach|lawyer|landlord|tenant|account ?holder|card ?holder|beneficiary|recipient|sender|contact|attn|attention|consignee|guy|lady|man|woman|gentleman|person|someone|one';
/** As text has them, without what an expression says of them. */
export const ROLE_WORDS: readonly string[] = ROLE.replace('co-?worker', 'worker|coworker|co-worker')
  .replace('neighbou?r', 'neighbor|neighbour')
  .replace('account ?holder|card ?holder', 'holder|accountholder|cardholder')
  .split('|');
/** The last words of those that two words of a name follow. */
export const ENDS_OF_CUES: readonly string[] = [
  ...ROLE_WORDS,
  ...'named called is was to with for asked ask contacted contact met meet thanks thank you dear hi hello hey attn by of me'.split(
    ' ',
  ),
  ...'call blame praise passenger guest name card signed'.split(' '),
];
/** With a capital they are read as part of the name: Dear Lisa Wong. */
export const BEFORE_A_NAME: readonly string[] =
  'dear hi hello hey thanks attn ask contact blame praise tell call'.split(' ');

/** English words that follow "my name is" without being one. */
export const NOT_NAME =
  /^(?:on|in|not|the|a|an|spelled|spelt|wrong|missing|misspelled|incorrect|still|already|listed|under|at|for|and|or|but|with|is|was|my|your|no|never|being|also|very|so|just|really|too|from|here|there|it|called|said|wrote|waits|who|that|this|you|he|she|they|we|i)$/i;
export const N = "\\p{Lu}[\\p{L}'’-]{1,24}";
const BETWEEN = '(?: (?:van|von|der|de|da|del|di|la|le|bin|ibn|al|el|\\p{Lu}\\.?))';
export const FULL = `${N}${BETWEEN}{0,2} ${N}(?: ${N})?`;
/** Two words or more with capitals, none of them of a firm, a place or a day. */
export function isPerson(name: string): boolean {
  if (isFirm(name)) return false;
  const end = name.indexOf(' ');
  return !NOT_NAMES.has((end < 0 ? name : name.slice(0, end)).toLowerCase());
}
const NOT_NAMES: ReadonlySet<string> = new Set(NOT_NAME.source.slice(4, -2).split('|'));
