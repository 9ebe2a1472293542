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
