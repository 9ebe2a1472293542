/** What is personal by the name of its field, whatever its form. */

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
  /** A measure: a number here is no phone number. */
  | 'measure'
  /** `name`: of a person only inside an object that is one. */
  | 'maybe_name';

const FIELDS: ReadonlyMap<string, Field> = new Map(
  (
    [
      [
        'name',
        'customername contactname realname fullname firstname lastname surname givenname username receivername recipientname buyername membername nickname recipient receiver consignee contactperson 姓名 名字 客户姓名 联系人 收件人 收货人 昵称',
      ],
      ['maybe_name', 'name'],
      [
        'phone',
        'phone phonenumber mobile mobilephone mobilenumber cell cellphone tel telephone contactphone customerphone callernumber caller callerid calleenumber ani msisdn fax whatsapp 电话 手机 手机号 手机号码 联系电话 联系方式',
      ],
      ['email', 'email mail emailaddress customeremail contactemail 邮箱 电子邮箱 邮件'],
      [
        'document',
        'idcard idcardno idnumber idno identity identityno nationalid ssn passport passportno passportnumber bankcard bankcardno cardno cardnumber bankaccount accountnumber iban licenseplate plate plateno wechat wechatid weixin wx qq qqnumber 身份证 身份证号 银行卡 银行卡号 卡号 微信 微信号 车牌 车牌号 护照 护照号',
      ],
      [
        'secret',
        'address addr homeaddress shippingaddress deliveryaddress billingaddress street birthday birthdate dateofbirth password passwd pin cvv token accesstoken 地址 住址 收货地址 家庭住址 生日 出生日期 密码',
      ],
      [
        'identifier',
        'id case conversation call order customerid userid memberid buyerid accountid openid unionid survey journey',
      ],
      [
        'measure',
        'amount price total score value min max rating count quantity durationms dwellms waits talks holds wraps timestamp ts time createdat updatedat points balance revenue',
      ],
    ] as const
  ).flatMap(([field, names]) => names.split(' ').map((name): [string, Field] => [name, field])),
);

/** Objects that are a person. */
const PERSONS: ReadonlySet<string> = new Set(
  'customer contact user client buyer member person recipient receiver sender consignee caller passenger guest patient profile 客户 用户 顾客 会员 联系人 收件人'.split(
    ' ',
  ),
);

/** Names repeat from event to event: each is looked up once. What senders may name is bounded: in number, and here in length. */
const known = new Map<string, Field>();
const MAX_KNOWN = 5000;
const MAX_KNOWN_NAME = 64;

export function fieldOf(name: string, parent: string): Field {
  let field = known.get(name);
  if (field === undefined) {
    const plain = name.toLowerCase().replace(/[\s_.-]/g, '');
    field = FIELDS.get(plain) ?? (/(?:ms|_s|_at|time|timestamp|count|amount|price)$/i.test(name) ? 'measure' : 'text');
    if (known.size < MAX_KNOWN && name.length <= MAX_KNOWN_NAME) known.set(name, field);
  }
  return field === 'maybe_name' ? (PERSONS.has(parent.toLowerCase()) ? 'name' : 'text') : field;
}
