/**
 * Training texts of our own making for what the public sets lack: emoji, `[tags]` and emoticons as cues, plain questions and
 * requests as neutral, turns such as "not bad". Combined by rule, the same every time.
 */

/** @type {(text: string) => string[]} */
const words = (text) => text.split(/\s+/).filter((word) => word !== '');
/** @type {(text: string) => string[]} */
const lines = (text) => text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));

const NEGATIVE_CUES = words(`
  [怒] [怒骂] [抓狂] [泪] [流泪] [大哭] [伤心] [失望] [吐] [鄙视] [衰] [弱] [委屈] [悲伤] [愤怒] [哼] [黑线] [白眼] [发怒] [难过] [心碎]
  [生气] [无语] [翻白眼] 😡 🤬 😠 😤 😭 😢 😞 😔 😒 🙄 👎 💔 🤮 🤢 😩 😫 😣 😖 😟 😰 💩 😑 😾 :( :-( :'( >:( :/
`);
const POSITIVE_CUES = words(`
  [赞] [鼓掌] [哈哈] [爱你] [心] [太开心] [good] [给力] [强] [威武] [嘻嘻] [可爱] [憧憬] [玫瑰] [棒] [爱心] [庆祝] [大笑] [愉快] [鲜花] [比心]
  [握手] [开心] [点赞] [笑脸] 😀 😃 😄 😁 😆 😊 😍 🥰 😘 👍 👏 ❤️ 💕 💖 🎉 😋 🤗 😎 🥳 💯 🌟 😻 🫶 :) :-) :D ;) <3 =)
`);
const CARRIERS = lines(`
  今天到货
  刚收到
  去了一次
  客服回复了
  我的订单
  这家店
  吃完了
  住了一晚
  快递到了
  办完了
  my flight
  the order
  just got here
  this place
  customer service
  at the airport
  the new app
  had dinner here
`);
const QUESTIONS_ZH = lines(`
  怎么退款
  怎么退货
  怎么修改收货地址
  怎么开发票
  怎么激活信用卡
  怎么注册账号
  怎么绑定银行卡
  怎么修改密码
  怎么查物流
  怎么取消订单
  如何申请提额
  如何联系人工客服
  我的订单什么时候到
  什么时候发货
  什么时候能到账
  多久可以送到
  营业到几点
  几点开门
  在哪里取件
  附近有网点吗
  有停车场吗
  有没有优惠券
  可以开发票吗
  可以用支付宝吗
  可以刷信用卡吗
  可以换货吗
  可以预约吗
  支持七天无理由退货吗
  需要带身份证吗
  需要预约吗
  年费是多少
  利率是多少
  运费多少
  这个是什么材质的
  有货吗
  有别的颜色吗
  含早餐吗
  能加床吗
  几点退房
  这张卡怎么用
  积分怎么兑换
  客服电话是多少
  帮我查一下订单状态
  帮我查一下余额
  我想改一下送货时间
  我想预订一个房间
  我想咨询一下贷款
  我要办一张信用卡
`);
const QUESTIONS_EN = lines(`
  where is my order
  when will my order arrive
  how do I change my seat
  how do I reset my password
  how can I get a refund
  what time does the flight leave
  what are your opening hours
  what is the baggage allowance
  which gate is it
  do you ship to Canada
  do you have this in blue
  can I pay by card
  can I change the delivery address
  can I bring a second bag
  is breakfast included
  is there parking nearby
  is the flight on time
  is this still in stock
  could you send me the invoice
  I would like to book a room for two
  I would like to change my booking
  please tell me the status of my claim
`);
const GOOD_TURNS = lines(`
  not bad
  not bad at all
  can't complain
  no complaints
  nothing to complain about
  couldn't be better
  could not be happier
  never had a problem
  没毛病
  挑不出毛病
  没什么可挑剔的
  一点都不差
  不比别家差
  没有让人失望
  从没出过问题
  好得没话说
`);
const BAD_TURNS = lines(`
  not good
  not good at all
  not happy
  nothing works
  could have been better
  I can't recommend this
  won't be back
  far from great
  thanks for nothing
  great, another delay
  一点都不好
  谈不上好
  好什么好
  不敢恭维
  不会再来了
  没有想象的好
  好评都是刷的
  真是"好"服务
`);

/**
 * @returns {{ readonly label: 'negative' | 'neutral' | 'positive', readonly text: string }[]}
 */
export function cueTexts() {
  /** @type {{ label: 'negative' | 'neutral' | 'positive', text: string }[]} */
  const rows = [];
  for (const [label, cues] of /** @type {const} */ ([
    ['negative', NEGATIVE_CUES],
    ['positive', POSITIVE_CUES],
  ])) {
    for (const cue of cues) {
      rows.push({ label, text: cue }, { label, text: cue.repeat(3) });
      for (const carrier of CARRIERS) rows.push({ label, text: `${carrier} ${cue}` });
    }
  }
  for (const question of QUESTIONS_ZH) {
    for (const before of ['', '请问', '你好，', '麻烦问一下，']) {
      for (const after of ['', '？', '，谢谢']) rows.push({ label: 'neutral', text: before + question + after });
    }
  }
  for (const question of QUESTIONS_EN) {
    for (const before of ['', 'Hi, ', 'Hello! ', '@support ']) {
      for (const after of ['', '?', ' please?']) rows.push({ label: 'neutral', text: before + question + after });
    }
  }
  for (const [label, turns] of /** @type {const} */ ([
    ['positive', GOOD_TURNS],
    ['negative', BAD_TURNS],
  ])) {
    for (const turn of turns) for (const after of ['', '。', '!', ' …']) rows.push({ label, text: turn + after });
  }
  return rows;
}

/** Intents of Banking77 that only ask how or whether something works: neutral. */
export const NEUTRAL_INTENTS = new Set([
  'activate_my_card',
  'age_limit',
  'apple_pay_or_google_pay',
  'atm_support',
  'automatic_top_up',
  'card_acceptance',
  'card_about_to_expire',
  'card_linking',
  'change_pin',
  'country_support',
  'disposable_card_limits',
  'edit_personal_details',
  'exchange_rate',
  'exchange_via_app',
  'fiat_currency_support',
  'get_disposable_virtual_card',
  'get_physical_card',
  'getting_spare_card',
  'getting_virtual_card',
  'order_physical_card',
  'receiving_money',
  'supported_cards_and_currencies',
  'top_up_by_bank_transfer_charge',
  'top_up_by_card_charge',
  'top_up_by_cash_or_cheque',
  'top_up_limits',
  'transfer_into_account',
  'verify_my_identity',
  'verify_source_of_funds',
  'verify_top_up',
  'visa_or_mastercard',
  'why_verify_identity',
]);
