import { describe, expect, it } from 'vitest';
import { urgencyOf, urgencyOfWording } from './urgency.ts';

describe('urgency from wording', () => {
  it.each([
    ['吃完全家食物中毒住院了', 'urgent', 'safety'],
    ['充电器冒烟了', 'urgent', 'safety'],
    ['再不处理我就打12315', 'urgent', 'legal'],
    ['卡被盗刷了五千', 'urgent', 'legal'],
    ['My daughter had an allergic reaction', 'urgent', 'safety'],
    ['expect a letter from my lawyer', 'urgent', 'legal'],
    ['以后再也不会来了', 'high', 'leaving'],
    ['绝对不会再买', 'high', 'leaving'],
    ["I'm closing my account today", 'high', 'leaving'],
    ['NEVER flying with you again', 'high', 'leaving'],
    ['打了三次电话没人管', 'high', 'repeated'],
    ['投诉好几次了还是没解决', 'high', 'repeated'],
    ['this is the third time I ask', 'high', 'repeated'],
    ['called you 4 times already', 'high', 'repeated'],
    ['叫你们经理出来', 'high', 'manager'],
    ['let me speak to a manager', 'high', 'manager'],
    // As people write it: traditional, full-width, hidden marks, capitals, tags, another language around it.
    ['再不處理我就找律師起訴你們', 'urgent', 'legal'],
    ['吃完全家上吐下瀉，送急診', 'urgent', 'safety'],
    ['以後再也不會買了', 'high', 'leaving'],
    ['再不处理我就打１２３１５', 'urgent', 'legal'],
    ['食物\u200b中\u200b毒了', 'urgent', 'safety'],
    ['ＮＥＶＥＲ　ＡＧＡＩＮ', 'high', 'leaving'],
    ['I will SUE you for this', 'urgent', 'legal'],
    ['Don’t make me call my lawyer', 'urgent', 'legal'],
    ['[怒]这个app太烂，果断卸载了[怒]', 'high', 'leaving'],
    ['refund都不给，我要去消协投诉', 'urgent', 'legal'],
    // A harmless one before it does not hide it, nor one that is denied.
    ['没有受伤，但是孩子过敏了', 'urgent', 'safety'],
    ['爆炸头发型师态度差，充电宝还冒烟', 'urgent', 'safety'],
    ['Insult to injury: my son was injured', 'urgent', 'safety'],
    ['I am not closing my account, but this is the third time in a row', 'high', 'repeated'],
    ['I never sue anyone. I will press charges now', 'urgent', 'legal'],
    ['我要去法院告你们', 'urgent', 'legal'],
    ['你们再拖我就找媒体曝光', 'urgent', 'legal'],
    ['someone stole my card', 'urgent', 'legal'],
    ['is this the last time I fly with you? yes', 'high', 'leaving'],
    ['联系客服三次一直没人理', 'high', 'repeated'],
    ["I've emailed you several times and still no reply", 'high', 'repeated'],
    // Harm to the body, violence, somebody at the door.
    ['吃完肚子疼了一晚上', 'urgent', 'safety'],
    ['米饭里有石头，把牙硌了', 'urgent', 'safety'],
    ['夜里被跳蚤咬了一身包', 'urgent', 'safety'],
    ['地板太滑，洗澡摔了一跤', 'urgent', 'safety'],
    ['保安动手打人', 'urgent', 'safety'],
    ['服务员私自打开客人的房门', 'urgent', 'safety'],
    ['my insulin is in the bag you lost', 'urgent', 'safety'],
    ['that seat is not safe to sit in', 'urgent', 'safety'],
    // Authorities and theft.
    ['已经向银保监会投诉了', 'urgent', 'legal'],
    ['我会走法律途径', 'urgent', 'legal'],
    ['放在房间的现金被偷了', 'urgent', 'legal'],
    ['卡里的钱被人转走', 'urgent', 'legal'],
    ["I'm filing a complaint with the DOT", 'urgent', 'legal'],
    ['my account has been hacked', 'urgent', 'legal'],
    ['Someone else is using my card', 'urgent', 'legal'],
    ['I was robbed last night', 'urgent', 'legal'],
    // Leaving, said in other ways.
    ['以后再也不住了', 'high', 'leaving'],
    ['下次不在这家店买了', 'high', 'leaving'],
    ['第一次来，也是最后一次', 'high', 'leaving'],
    ['免费我也不会再住', 'high', 'leaving'],
    ['宁可饿着也不吃', 'high', 'leaving'],
    ['这卡没用，直接销了', 'high', 'leaving'],
    ["we won't be using this bank ever again", 'high', 'leaving'],
    ['consider me a former customer', 'high', 'leaving'],
    ['I no longer need this account', 'high', 'leaving'],
    ['booking my next trip on another airline', 'high', 'leaving'],
    // Contact in vain.
    ['电话打了好几遍', 'high', 'repeated'],
    ['客服电话根本打不通', 'high', 'repeated'],
    ['联系客服也没用', 'high', 'repeated'],
    ['找不到人处理', 'high', 'repeated'],
    ['为这事跑了三趟', 'high', 'repeated'],
    ["can't get through to anyone", 'high', 'repeated'],
    ['been on hold for over two hours', 'high', 'repeated'],
    ['90 minutes on hold and counting', 'high', 'repeated'],
    ['they hung up on me', 'high', 'repeated'],
    ['why are you ignoring my messages', 'high', 'repeated'],
    ['把你们负责人叫来', 'high', 'manager'],
  ])('%s → %s (%s)', (text, urgency, rule) => {
    expect(urgencyOfWording(text)).toEqual({ urgency, rule });
  });

  it.each([
    '没有受伤，谢谢',
    '不错，下次还来',
    '律动感很强',
    'The issue is solved',
    'we pursue quality',
    '',
    '多次光顾，一直很好',
    '订单12345678',
    '金额0.12315',
    // Denied, feared, asked, or somebody else's.
    '我不会投诉，也不会起诉你们',
    '不用找律师',
    '没有人受伤',
    '不拉肚子的朋友可以试试',
    '用了不过敏',
    '怕拉肚子没敢吃',
    '欠款会被起诉吗',
    '法院判了才能划扣',
    'nobody was injured',
    'there were no serious injuries',
    "I'm not going to sue",
    "we won't be closing our account",
    'never had an allergic reaction to it',
    'my bank marked it as fraud by mistake',
    // Names, titles, products.
    '《律师》这本书不错',
    '小米多媒体音箱',
    '这个媒体播放器卡',
    '相机曝光过度',
    '送了爆炸头玩偶',
    '烟雾报警器太响',
    '自带漏电保护',
    '住院部旁边的店',
    '法院对面那家店太慢',
    'I talked to Sue at the desk',
    'Sue was slow today',
    'a pressure regulator arrived',
    'your fraud department was slow',
    'The Lost Lawyer is a dull book',
    '热销了三年的款式',
    '电影打了八折',
    '撤销了订单，很快',
    '店没人管理费',
    '前台没人接待也很快有人来',
    '包装像被狗咬过的',
    'on hold for two minutes',
    'I heard back the same day',
    'the cabin is safe to walk in',
    // Figures of speech.
    '烂到爆炸',
    '味道爆炸',
    '丑到窒息',
    '嗓子都冒烟了',
    '钱包受伤',
    '重要的事情说三遍',
    '再也不用排队了',
    '自带软件无法卸载',
    '客服把我拉黑',
    'adding insult to injury',
    'all fired up, the crowd went wild',
    'the place is on fire tonight',
    'it exploded in popularity',
    'so sue me',
    'they stole the show, he has stolen my heart',
    'the last time I flew it was fine',
    'I still have not decided',
    'second time here',
  ])('says nothing of %j', (text) => {
    expect(urgencyOfWording(text)).toBeUndefined();
  });

  it('leaves the rest to how strong the sentiment is, and praise is no emergency', () => {
    expect(urgencyOf('太慢了', -0.95)).toBe('high');
    expect(urgencyOf('有点慢', -0.5)).toBe('normal');
    expect(urgencyOf('不错', 0.8)).toBe('low');
    expect(urgencyOf('感谢报警电话旁的店员', 0.9)).toBe('low');
    expect(urgencyOf('冒烟了', 0.1)).toBe('urgent');
    expect(urgencyOf('不知道', null)).toBe('normal');
  });

  it('stays quick on long and odd texts', () => {
    const began = process.cpuUsage();
    for (const piece of ['打了', 'called ', '再也', '没', 'still ', '还是']) urgencyOf(piece.repeat(5000), -0.5);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(500);
  });
});
