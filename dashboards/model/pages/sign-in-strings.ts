/** The words of the sign-in page and of who is signed in, in both languages. */
import type { Language } from '../strings.ts';

const zh = {
  title: '登录',
  lead: '这里的 Earshot 只对有权限的人开放。',
  sso: '用单点登录进入',
  ssoAt: '用 {title} 登录',
  or: '或者',
  token: '访问令牌',
  tokenHint: '管理员发给你的令牌（JWT）。它只换成本浏览器的一个 Cookie，不会保存在页面里。',
  enter: '登录',
  entering: '正在登录…',
  signOut: '退出登录',
  signedInAs: '你已登录：{name}（{role}）',
  goOn: '继续',
  openHere: '这里没有设置访问密钥：本机上的人都可以使用，无需登录。',
  display: '要接入大屏，请改用票据：',
  wrongToken: '令牌无效或已过期，请向管理员要一个新的。',
  unreachable: '连不上 Earshot，请稍后再试。',
  tooMany: '尝试次数太多，请稍后再试。',
  failed: '登录没有成功，请再试一次。',
  whoLabel: '当前用户',
  failures: {
    expired:
      '登录超时，或不是在这个浏览器里开始的，请再试一次。如果一直这样，请用正式地址（http.public_url）打开看板。',
    refused: '登录服务拒绝了这次登录，请再试一次；仍不行请找管理员。',
    no_role: '你的账号在这里没有任何角色，请管理员在登录服务里为你分组。',
    upstream: '登录服务没有响应，请稍后再试。',
  },
  roles: { admin: '管理员', operator: '运营', frontline: '一线', display: '大屏' },
};

export type SignInTexts = typeof zh;

const en: SignInTexts = {
  title: 'Sign in',
  lead: 'This Earshot is open to those who may see it.',
  sso: 'Sign in with single sign-on',
  ssoAt: 'Sign in with {title}',
  or: 'or',
  token: 'Access token',
  tokenHint:
    'The token (JWT) that your administrator gave you. It becomes a cookie of this browser and is not kept in the page.',
  enter: 'Sign in',
  entering: 'Signing in…',
  signOut: 'Sign out',
  signedInAs: 'You are signed in: {name} ({role})',
  goOn: 'Go on',
  openHere: 'No access keys are set here: whoever is on this machine may use it, without signing in.',
  display: 'A wall screen comes in by a ticket instead:',
  wrongToken: 'The token is not valid, or has expired. Ask your administrator for a new one.',
  unreachable: 'Earshot does not answer. Try again in a moment.',
  tooMany: 'Too many attempts. Try again in a moment.',
  failed: 'That did not work. Try again.',
  whoLabel: 'Who is signed in',
  failures: {
    expired:
      'The sign-in took too long, or was begun in another browser. Try again. If it stays so, open the board by its own address (http.public_url).',
    refused: 'The provider refused this sign-in. Try again; if it stays so, ask your administrator.',
    no_role: 'Your account has no role here. Ask your administrator for a group at the provider.',
    upstream: 'The provider does not answer. Try again in a moment.',
  },
  roles: { admin: 'administrator', operator: 'operator', frontline: 'front line', display: 'display' },
};

export const SIGN_IN_TEXTS: Readonly<Record<Language, SignInTexts>> = { 'zh-CN': zh, en };
