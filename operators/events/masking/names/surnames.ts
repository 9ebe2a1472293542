/** Chinese family names: enough for 97 % of the people of mainland China; for telling a name from other words. */
const SINGLE =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金' +
  '韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪温施柳倪樊凌颜俞殷葛岳祝霍翟' +
  '申鲁齐伍聂包鲍柴卞耿邢穆尚裴欧辛管卓祁梅季安庄章牛关路詹左曲童涂褚' +
  '黃張陳劉楊趙吳孫馬羅鄭謝許韓鄧馮蕭葉蔣蘇盧鍾譚陸範賈鄒閻龍賀顧龔萬錢嚴湯賴';
const DOUBLE = [
  '欧阳',
  '司马',
  '上官',
  '诸葛',
  '东方',
  '皇甫',
  '尉迟',
  '公孙',
  '慕容',
  '司徒',
  '令狐',
  '夏侯',
  '歐陽',
  '諸葛',
];

/** As part of a regular expression. */
export const SURNAME = `(?:${DOUBLE.join('|')}|[${SINGLE}])`;
/** The fifty commonest. */
export const COMMON_SURNAME = `[${SINGLE.slice(0, 50)}]`;

/** For telling names by their look (name-look.ts), where a rare one may count: as models/names/given_names.py has them. */
export const FAMILY_NAMES =
  '王李张刘陈杨黄吴赵周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤向常温康施文牛樊葛' +
  '邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳穆农司卓古吉缪简项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟应臧闵苟' +
  '邬卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井黃張陳劉楊趙吳孫馬羅鄭謝許韓鄧馮蕭葉蔣蘇盧鍾譚陸範賈鄒閻龍賀顧龔' +
  '萬錢嚴湯賴肖闫';
export const TWO_CHARACTER_FAMILY_NAMES: readonly string[] =
  '欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 夏侯 申屠 端木 长孙 宇文 轩辕 南宫 百里 闻人'.split(' ');
/** Brands and words that look like names, whatever stands around them. */
export const BRANDS: ReadonlySet<string> = new Set(
  (
    '张裕 张小泉 张三万 王老吉 王致和 王守义 王府井 李宁 李锦记 李先生 李子柒 马应龙 马自达 马铃薯 马克华 马盏糕 周黑鸭 周大福 周大生 周六福 周生生 ' +
    '周边 周遭 陈克明 许留山 谢瑞麟 康师傅 康恩贝 史丹利 米其林 米饭粒 余额宝 余利宝 东方财 东方航 潘婷 沙宣 施华蔻 安踏 安慕希 安利 安卓 金龙鱼 金典 ' +
    '金立 金山 白象 白猫 雷蛇 雷诺 雷神 万和 万达 万科 万家乐 古驰 古琦 兰蔻 吉野 吉野家 吉言 江小白 江中 汤臣倍 汤达人 高露洁 高德 戴尔 戴森 毛戈平 ' +
    '花西子 花呗 花洒 权限 冷静 冷笑 方太 方特 莫斯利 乐事 乐高 乐视 苏宁 苏泊尔 任天堂 林肯 席梦思 仲景 何首乌 凌美 龙角散 胡姬花 鲁花 夏普 向日葵 ' +
    '路由器 包车 文艺 安心 安心收 封面 石榴 葛根 花生 麦当劳 麦片 鲍师傅 章鱼 牛奶 钱包 段位 单号 时候 应用 成功 常温 路上 温度'
  ).split(' '),
);
