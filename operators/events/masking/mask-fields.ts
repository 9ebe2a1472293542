/** What is personal by the name of its field, whatever its form. */
import { LabelNames } from './label-names.ts';

/** What the name of a field says about its value. */
export type Field =
  /** Text like any other. */
  | 'text'
  | 'name'
  | 'phone'
  | 'email'
  /** A number of a paper, a card or an account: no more than its last characters stay. */
  | 'document'
  /** Nothing of it stays. */
  | 'secret'
  /** Tells things apart: stays as it is unless it is itself personal, and then becomes a token, not stars. */
  | 'identifier'
  /** The same, of what things are called by, and of people never: only what is personal for certain becomes a token. */
  | 'label'
  /** A measure: a number here is no phone number. */
  | 'measure'
  /** `name`: of a person only inside an object that is one. */
  | 'maybe_name';

const FIELDS: ReadonlyMap<string, Field> = new Map(
  (
    [
      [
        'name',
        'customername contactname realname fullname firstname lastname surname givenname username receivername recipientname buyername membername nickname recipient receiver consignee contactperson reviewer commenter 姓名 名字 客户姓名 联系人 收件人 收货人 昵称 评论人 发件人 寄件人 投诉人 反馈人 报修人 申请人',
      ],
      ['maybe_name', 'name names'],
      [
        'phone',
        'phone phones phonenumber phonenumbers mobile mobiles mobilephone mobilenumber cell cellphone tel telephone contactphone customerphone callernumber caller callerid calleenumber ani msisdn fax whatsapp 电话 手机 手机号 手机号码 联系电话 联系方式',
      ],
      ['email', 'email emails mail emailaddress emailaddresses customeremail contactemail 邮箱 电子邮箱 邮件'],
      [
        'document',
        'idcard idcardno idnumber idno identity identityno nationalid ssn passport passportno passportnumber bankcard bankcardno cardno cardnumber bankaccount accountnumber iban licenseplate plate plateno wechat wechatid weixin wx qq qqnumber 身份证 身份证号 银行卡 银行卡号 卡号 微信 微信号 车牌 车牌号 护照 护照号',
      ],
      [
        'secret',
        'address addresses addr homeaddress shippingaddress deliveryaddress billingaddress street birthday birthdate dateofbirth password passwd pin cvv token accesstoken 地址 住址 收货地址 家庭住址 生日 出生日期 密码',
      ],
      [
        'identifier',
        'id case conversation call order customerid userid memberid buyerid accountid openid unionid survey journey region product store team agent owner assignee',
      ],
      [
        'measure',
        'amount price total score value min max rating count quantity durationms dwellms waits talks holds wraps timestamp ts time createdat updatedat points balance revenue',
      ],
    ] as const
  ).flatMap(([field, names]) => names.split(' ').map((name): [string, Field] => [name, field])),
);

/** Objects that are a person, by their whole name … */
const PERSONS: ReadonlySet<string> = new Set(
  'client profile owner holder agent staff driver lead cust people from to cc bcc replyto shipto billto shipping billing createdby updatedby assignedto handledby'.split(
    ' ',
  ),
);
/** … or by its end, one or several: end_user, requester, contacts. */
const PERSON =
  /(?:customer|user|contact|buyer|member|person|recipient|receiver|sender|consignee|caller|passenger|guest|patient|rider|courier|employee|payer|payee|applicant|requester|requestor|submitter|visitor|reporter|author|participant|subscriber|attendee|reviewer|respondent|commenter|assignee|approver|creator|(?:card|account|policy|ticket)holder|(?:support|service|human|sales|call|assigned|last|first)agent|(?:delivery|truck|taxi)driver)s?$|(?:骑手|司机|客户|用户|顾客|会员|联系人|收件人|收货人|坐席|客服|员工|作者|访客|乘客|患者)$/;

function isPersonNamed(name: string): boolean {
  const plain = plainOf(name);
  return (
    PERSONS.has(plain) ||
    (plain.endsWith('s') && PERSONS.has(plain.slice(0, -1))) ||
    PERSON.test(plain.slice(-MAX_KNOWN_NAME))
  );
}

/** By the end of a name, without its separators, and without a number or the word number behind it: cust_name, contactMobile2. */
const ENDINGS: readonly (readonly [Field, RegExp])[] = [
  ['measure', /(?:ms|count|amount|price|times?|timestamp|total|rate|score|attempts|opened|verified|enabled)$/],
  ['text', /(?:ip|mac|web|url|host|bucket|contract|wallet)(?:address|addr)$/],
  ['email', /(?:email|mailbox|e?mailaddress|邮箱)$/],
  [
    'phone',
    /(?:mobile|phone|telephone|cellphone|msisdn|whatsapp|landline|(?:cust|customer|contact|user|home|work|office|rider|driver|buyer|receiver)(?:tel|cell|fax)|手机|手机号|电话|联系方式)$/,
  ],
  [
    'secret',
    /(?:address|addr|street|birthday|birthdate|dateofbirth|dob|password|passwd|passcode|pwd|secret|credentials?|(?:api|secret|access|private|encryption|signing|auth|session|license|app)key|token|authorization|cookie|cvv|cvc|otp|地址|住址|密码|口令|密钥|令牌|生日|出生日期)$/,
  ],
  [
    'document',
    /(?:idcard|identity|identitycard|nationalid|passport|ssn|iban|bankcard|creditcard|debitcard|cardno|cardnumber|bankaccount|accountnumber|taxid|socialsecurity|driverlicense|licenseplate|plate|wechat|wechatid|weixin|wxid|qq|alipay|身份证|证件号|护照|银行卡|卡号|微信|微信号|车牌)$/,
  ],
  [
    'name',
    /(?:cust|customer|client|user|contact|buyer|receiver|recipient|sender|consignee|rider|driver|courier|guest|passenger|member|patient|holder|payee|payer|applicant|insured|owner|caller|student|parent|spouse|employee|staff|agent|author|reviewer|commenter|requester|requestor|submitter|visitor|reporter|participant|subscriber|attendee|respondent|assignee|person|first|last|full|real|given|family|middle|maiden|nick|display|legal|emergency)s?name$|(?:sur|nick)name$|(?:姓名|名字|联系人|收件人|收货人|昵称)$/,
  ],
];
const NUMBERED = /(?:number|num|no|line|raw|masked)?[0-9]{0,2}$/;

function byEnding(plain: string): Field {
  const bare = plain.replace(NUMBERED, '');
  for (const [field, ending] of ENDINGS) if (ending.test(plain) || ending.test(bare)) return field;
  return 'text';
}

/** What stays readable of an address. */
const AREA: ReadonlySet<string> = new Set(
  'city province state country region area district 省 市 城市 国家 地区'.split(' '),
);
/** What of an object `name` or `email` is the name or the address itself. */
const PARTS =
  /^(?:first|last|given|family|middle|full|display|value|number|no|text|raw|primary|secondary|home|work|zh|cn|en|local|native|latin|pinyin|[0-9]+)$/i;

const INHERITED: ReadonlySet<Field> = new Set(['secret', 'phone']);
const MAX_KNOWN = 5000;
const MAX_KNOWN_NAME = 64;

/**
 * Says of fields what they hold. Names repeat from event to event: each is looked up once. What senders may name is bounded:
 * in number, and here in length.
 */
export class FieldNames {
  readonly #known = new Map<string, Field>();
  readonly #persons = new Map<string, boolean>();
  readonly #labels: LabelNames;

  constructor(labels: readonly string[]) {
    this.#labels = new LabelNames(labels);
  }

  fieldOf(name: string, parent: string): Field {
    const field = this.#ownField(name);
    if (field === 'maybe_name') {
      if (this.#isOfLabel(name, parent)) return 'label';
      const above = parent === '' ? 'text' : this.#ownField(parent);
      // Whose address it is, or of which street.
      if (above === 'secret') return above;
      return above === 'name' || above === 'email' || this.isPerson(parent) ? 'name' : 'text';
    }
    if (field !== 'text' && field !== 'identifier' && field !== 'label') return field;
    const above = parent === '' ? 'text' : this.#ownField(parent);
    if (above === 'label' && this.#isOfLabel(name, parent)) return above;
    if (above === 'secret') return AREA.has(name.toLowerCase()) ? field : above;
    if (above === 'phone' && field === 'text') return above;
    if (above === 'maybe_name' && /^(?:first|last|given|family|middle)$/i.test(name)) return 'name';
    const isPart = above === 'name' || above === 'email' || above === 'document';
    return isPart && field === 'text' && PARTS.test(name) ? above : field;
  }

  /** Is an object of this name a person? */
  isPerson(name: string): boolean {
    let known = this.#persons.get(name);
    if (known === undefined) {
      known = isPersonNamed(name);
      if (this.#persons.size < MAX_KNOWN && name.length <= MAX_KNOWN_NAME) this.#persons.set(name, known);
    }
    return known;
  }

  #isOfLabel(name: string, parent: string): boolean {
    return parent !== '' && LabelNames.isOwn(name) && this.#ownField(parent) === 'label';
  }

  /** Whose parts are those inside an object of this name: its own, or those of the personal object around it. */
  parentOf(name: string, parent: string): string {
    const own = this.#ownField(name);
    return (own === 'text' || own === 'label') && INHERITED.has(this.#ownField(parent)) ? parent : name;
  }

  #ownField(name: string): Field {
    let field = this.#known.get(name);
    if (field === undefined) {
      field = fieldNamed(name);
      if ((field === 'text' || field === 'identifier') && name.length <= MAX_KNOWN_NAME && this.#labels.has(name))
        field = 'label';
      if (this.#known.size < MAX_KNOWN && name.length <= MAX_KNOWN_NAME) this.#known.set(name, field);
    }
    return field;
  }
}

/** By its own name alone. */
export function fieldNamed(name: string): Field {
  const plain = plainOf(name);
  const field = FIELDS.get(plain);
  if (field !== undefined) return field;
  if (/(?:ms|_s|_at|time|timestamp|count|amount|price)$/i.test(name)) return 'measure';
  return byEnding(plain.slice(-MAX_KNOWN_NAME));
}

function plainOf(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, '');
}
