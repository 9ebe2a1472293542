/** The issue types, and what other sets' labels mean in them. */

export const ISSUES = /** @type {const} */ ([
  'delivery',
  'wait_time',
  'service_attitude',
  'staff_competence',
  'product_quality',
  'wrong_or_missing_item',
  'description_mismatch',
  'price_value',
  'promotion',
  'refund_return',
  'payment_billing',
  'account_access',
  'app_technical',
  'hygiene_safety',
  'environment_facility',
  'location_transport',
  'information',
  'other',
]);

/** Reasons of negative airline tweets; those left out say too little. @type {Readonly<Record<string, readonly string[]>>} */
export const AIRLINE_REASONS = {
  'Late Flight': ['wait_time'],
  'Cancelled Flight': ['wait_time'],
  'Lost Luggage': ['delivery'],
  'Damaged Luggage': ['delivery'],
  'Flight Attendant Complaints': ['service_attitude'],
  longlines: ['wait_time'],
};

/** Intents of Banking77. @type {Readonly<Record<string, readonly string[]>>} */
export const BANKING_INTENTS = {
  Refund_not_showing_up: ['refund_return'],
  activate_my_card: ['account_access', 'information'],
  age_limit: ['account_access', 'information'],
  apple_pay_or_google_pay: ['payment_billing', 'information'],
  atm_support: ['location_transport', 'information'],
  automatic_top_up: ['payment_billing', 'information'],
  balance_not_updated_after_bank_transfer: ['payment_billing'],
  balance_not_updated_after_cheque_or_cash_deposit: ['payment_billing'],
  beneficiary_not_allowed: ['payment_billing'],
  cancel_transfer: ['refund_return'],
  card_about_to_expire: ['account_access', 'information'],
  card_acceptance: ['payment_billing', 'information'],
  card_arrival: ['delivery'],
  card_delivery_estimate: ['delivery', 'information'],
  card_linking: ['account_access', 'information'],
  card_not_working: ['account_access'],
  card_payment_fee_charged: ['payment_billing'],
  card_payment_not_recognised: ['payment_billing'],
  card_payment_wrong_exchange_rate: ['payment_billing'],
  card_swallowed: ['account_access'],
  cash_withdrawal_charge: ['payment_billing'],
  cash_withdrawal_not_recognised: ['payment_billing'],
  change_pin: ['account_access', 'information'],
  compromised_card: ['account_access'],
  contactless_not_working: ['app_technical'],
  country_support: ['information'],
  declined_card_payment: ['payment_billing'],
  declined_cash_withdrawal: ['payment_billing'],
  declined_transfer: ['payment_billing'],
  direct_debit_payment_not_recognised: ['payment_billing'],
  edit_personal_details: ['account_access', 'information'],
  exchange_charge: ['payment_billing', 'information'],
  exchange_rate: ['payment_billing', 'information'],
  exchange_via_app: ['payment_billing', 'information'],
  extra_charge_on_statement: ['payment_billing'],
  failed_transfer: ['payment_billing'],
  fiat_currency_support: ['payment_billing', 'information'],
  get_physical_card: ['account_access', 'information'],
  getting_spare_card: ['account_access', 'information'],
  getting_virtual_card: ['account_access', 'information'],
  lost_or_stolen_card: ['account_access'],
  lost_or_stolen_phone: ['account_access'],
  order_physical_card: ['account_access', 'information'],
  passcode_forgotten: ['account_access'],
  pending_card_payment: ['payment_billing'],
  pending_cash_withdrawal: ['payment_billing'],
  pending_top_up: ['payment_billing'],
  pending_transfer: ['payment_billing'],
  pin_blocked: ['account_access'],
  receiving_money: ['payment_billing', 'information'],
  request_refund: ['refund_return'],
  supported_cards_and_currencies: ['payment_billing', 'information'],
  terminate_account: ['account_access'],
  top_up_by_bank_transfer_charge: ['payment_billing', 'information'],
  top_up_by_card_charge: ['payment_billing', 'information'],
  top_up_by_cash_or_cheque: ['payment_billing', 'information'],
  top_up_failed: ['payment_billing'],
  top_up_limits: ['payment_billing', 'information'],
  top_up_reverted: ['payment_billing'],
  topping_up_by_card: ['payment_billing'],
  transaction_charged_twice: ['payment_billing'],
  transfer_fee_charged: ['payment_billing'],
  transfer_into_account: ['payment_billing', 'information'],
  transfer_not_received_by_recipient: ['payment_billing'],
  transfer_timing: ['payment_billing', 'information'],
  unable_to_verify_identity: ['account_access'],
  verify_my_identity: ['account_access', 'information'],
  verify_source_of_funds: ['account_access', 'information'],
  verify_top_up: ['payment_billing', 'information'],
  virtual_card_not_working: ['account_access'],
  visa_or_mastercard: ['account_access', 'information'],
  why_verify_identity: ['account_access', 'information'],
  wrong_amount_of_cash_received: ['payment_billing'],
  wrong_exchange_rate_for_cash_withdrawal: ['payment_billing'],
};

/** Columns of ASAP; −2 means not spoken of. @type {Readonly<Record<string, string>>} */
export const ASAP_ASPECTS = {
  location_traffic: 'location_transport',
  location_distance_from_business_district: 'location_transport',
  location_easy_to_find: 'location_transport',
  service_wait_time: 'wait_time',
  service_waiters_attitude: 'service_attitude',
  service_parking_convenience: 'location_transport',
  service_serving_speed: 'wait_time',
  price_level: 'price_value',
  price_cost_effective: 'price_value',
  price_discount: 'promotion',
  environment_decoration: 'environment_facility',
  environment_noise: 'environment_facility',
  environment_space: 'environment_facility',
  environment_cleaness: 'hygiene_safety',
  dish_portion: 'product_quality',
  dish_taste: 'product_quality',
  dish_look: 'product_quality',
  dish_recommendation: 'product_quality',
};

/**
 * Words that mostly mean an issue. Weak: they are a training signal for texts that nobody labelled, never an answer.
 * @type {Readonly<Record<string, RegExp>>}
 */
export const WEAK_RULES = {
  delivery:
    /快递|物流|送货|配送|送餐|送到|送达|骑手|外卖小哥|派件|发货|包裹|到货|送的(?:快|慢|太慢|很快)|\b(?:deliver(?:y|ed|ing)?|courier|shipping|shipped|parcel|lost (?:my )?(?:bag|bags|luggage)|luggage|baggage|bags?)\b/iu,
  wait_time:
    /等了|排队|太慢|很慢|好慢|超慢|久等|等位|等半天|小时才|分钟才|迟到|延误|\b(?:wait(?:ed|ing)?|delay(?:ed|s)?|on hold|hours? late|late flight|queue|long line|cancelled flight(?:led|ed)?)\b/iu,
  service_attitude:
    /态度|热情|服务员|服务(?:很|也|非常|真|太|特别|相当)?(?:好|差|周到|热情|一般|不错|到位|恶劣)|客气|礼貌|冷漠|爱理不理|\b(?:rude|friendly|attitude|polite|unhelpful|customer service|flight attendants?|crew|staff)\b/iu,
  staff_competence:
    /客服(?:不|说|没|也|电话|解决|处理)|一问三不知|没人(?:管|理|接|处理)|不(?:处理|解决|回复|专业)|专业|投诉|推卸|踢皮球|\b(?:no (?:response|reply|answer|help)|nobody (?:knows|answers)|incompetent|clueless|hung up|help(?:ed|ful)?)\b/iu,
  product_quality:
    /质量|好吃|难吃|味道|口感|新鲜|好喝|难喝|好用|做工|面料|内容|情节|性能|屏幕|键盘|散热|电池|音质|效果|掉色|起球|头发|洗后|早餐|份量|分量|这本书|这书|看完|值得一看|\b(?:quality|taste|delicious|movie|film|plot|acting|comedy|performances?|script|food)\b/iu,
  wrong_or_missing_item:
    /少了|漏(?:送|发|了)|发错|送错|少送|少发|没有?送|缺(?:了|少)|错(?:了)?(?:颜色|尺码|型号)|没给(?:我)?(?:餐具|筷子|饮料|米饭)|\b(?:wrong (?:item|order|size|color)|missing)\b/iu,
  description_mismatch:
    /假货|正品|图片|描述|不符|色差|实物|宣传|冒充|山寨|星级|不像是?[四五三]星|和.{0,6}(?:不一样|不一致)|名不副实|二手|旧货|\b(?:as described|not as|fake|advertised)\b/iu,
  price_value:
    /价格|性价比|便宜|太贵|很贵|有点贵|不值|实惠|划算|降价|价钱|物有所值|物美价廉|\b(?:price[sd]?|expensive|cheap(?:er)?|worth|overpriced|money|fares?)\b/iu,
  promotion:
    /优惠|活动|赠品|赠送|积分|返现|满减|折扣|红包|券|抽奖|权益|送的(?:赠品|东西)|\b(?:promo(?:tion)?|coupon|discount|miles|points|rewards?|giveaway|deal)\b/iu,
  refund_return:
    /退货|退款|退换|换货|退了|退钱|赔偿|赔付|取消(?:订单|预订)|退房费|\b(?:refund(?:ed)?|return(?:ed)? (?:it|the|my)|compensat\w+|voucher|reimburs\w+|cancel my)\b/iu,
  payment_billing:
    /扣款|扣了|收费|手续费|账单|发票|还款|额度|提额|贷款|利息|利率|转账|年费|分期|付款|支付|押金|催收|逾期|存款|\b(?:charged?|payments?|transfers?|top[- ]?up|cash|fees?|invoice|bill|withdraw\w*|exchange rate|statement)\b/iu,
  account_access:
    /登录|登陆|密码|验证码|注册|开户|开卡|办卡|办了?(?:一)?张|申请|审批|下卡|被拒|销户|注销|绑定|激活|面签|\b(?:log ?in|password|passcode|pin|account|verify|identity|activate|card (?:is )?(?:blocked|stolen|lost))\b/iu,
  app_technical:
    /网站|网页|手机银行|(?<![a-z])app(?![a-z])|软件|闪退|系统|卡顿|上网|网络|宽带|wifi|无线|网速|\b(?:app|website|web site|wi-?fi|online|site|error|crash(?:ed|es|ing)?|system)\b/iu,
  hygiene_safety:
    /卫生|脏|干净|异味|霉|发霉|头发丝|虫|蟑螂|苍蝇|拉肚子|变质|过期|坏了|烂|臭|安全|漏电|爆炸|甲醛|过敏|腐烂|整洁|\b(?:dirty|clean|filthy|safe(?:ty)?|unsafe|smell(?:s|ed)?|sick|rotten|fraud)\b/iu,
  environment_facility:
    /房间|设施|装修|隔音|空调|环境|大堂|浴室|卫生间|床|电视|陈旧|宽敞|电梯|噪音|吵|热水(?!器)|游泳池|健身|窗|座位|\b(?:seats?|room|legroom|cabin|lounge|terminal)\b/iu,
  location_transport:
    /位置|地理|交通|地铁|停车|打车|离(?:火车站|机场|市中心|海边)|市中心|出行|附近|周边|方便出行|火车站|机场|网点|\b(?:location|airport shuttle|parking|near|atm)\b/iu,
  information:
    /请问|吗[？?]|呢[？?]|怎么(?:办|申请|用|查|样才|提|开)|多少[？?]|什么时候|为什么|如何|说明书|求(?:助|解|教)|有没有人知道|\b(?:how (?:do|can|long|much|to)|what (?:is|are|do|time)|when (?:will|do|is)|where|which|can i|do you|is there|are there)\b/iu,
};
