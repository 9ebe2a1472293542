import { describe, expect, test } from 'vitest';
import { EngineHealth } from '../../../engine/app/health.ts';
import { ERRORS } from '../../../engine/core/errors.ts';
import { idleStats, type Health } from '../../../engine/core/partition/stats.ts';
import { readinessOf } from '../../../engine/runtime/assignment/supervisor.ts';
import { healthWords } from './health-words.ts';

/** As the engine itself words it. */
function ofPartitions(...healths: readonly (readonly [number, Health])[]): readonly string[] {
  return readinessOf(healths.map(([partition, health]) => idleStats(partition, health)));
}
const both = (reasons: readonly string[]): [string, string] => [
  healthWords(reasons, 'zh-CN'),
  healthWords(reasons, 'en'),
];

describe('a start', () => {
  test('the broker, the models', () => {
    const health = new EngineHealth();
    health.waitsFor('NATS', 'not reached yet: connection refused');
    health.waitsFor('model sentiment', 'warming up');
    health.waitsFor('model issues', 'warming up');
    expect(both(health.ready().reasons)).toEqual([
      '尚未连上消息服务 NATS；情感模型加载中；问题分类模型加载中',
      'NATS not reached yet; sentiment model loading; issue-type model loading',
    ]);
  });
  test('a broker that cannot be used yet', () => {
    const health = new EngineHealth();
    health.waitsFor('streams', 'not made or looked at yet');
    expect(both(health.ready().reasons)).toEqual(['正在准备数据流', 'preparing the streams']);
    health.waitsFor('streams', 'JetStream is not enabled on this nats-server: start it with -js');
    const refused = 'the broker refuses: this user may not publish to cx.state.…';
    expect(both([...health.ready().reasons, refused])).toEqual([
      '消息服务的 JetStream 尚不可用；消息服务未授予引擎所需的权限',
      'JetStream cannot be used yet; the broker does not allow what the engine needs',
    ]);
  });
  test('nothing in particular', () => {
    expect(both(new EngineHealth().ready().reasons)).toEqual(['引擎启动中', 'the engine is starting']);
  });
});

describe('partitions', () => {
  test('those in one state are named together, the cause before it', () => {
    const starting = { state: 'starting', reasons: [] } as const;
    const running = { state: 'running', reasons: [] } as const;
    expect(both(ofPartitions([0, starting], [1, running], [2, starting], [65_536, starting]))).toEqual([
      '分区 0、分区 2、汇总分区 启动中',
      'partition 0, partition 2, the combining partition starting',
    ]);
    const blocked = { state: 'blocked', reasons: ['not connected to NATS'] } as const;
    expect(both([...ofPartitions([0, blocked], [1, blocked]), 'not connected to NATS'])).toEqual([
      '与消息服务 NATS 的连接中断；分区 0、分区 1 受阻',
      'no connection to NATS; partition 0, partition 1 blocked',
    ]);
  });

  test.each([
    ['cx.late: maximum bytes exceeded', '数据流已满（cx.late）', 'a stream is full (cx.late)'],
    ['the commit has waited for 12345 ms', '提交迟迟未完成', 'commits are waiting'],
    ['publishing has waited for 12345 ms', '发布迟迟未完成', 'publishing is waiting'],
    [
      'the saved state … of partition 0 is gone (STATE_LOST)',
      '已保存的状态不可用，需要人工处理',
      'the saved state is unusable, somebody must act',
    ],
    ['something new', '分区 7：something new', 'partition 7: something new'],
  ])('%s', (reason, zh, en) => {
    expect(both(ofPartitions([7, { state: 'failed', reasons: [reason] }]))).toEqual([
      `${zh}；分区 7 故障`,
      `${en}; partition 7 failed`,
    ]);
  });

  test('every code that a partition can fail with has its words', () => {
    const codes = Object.entries(ERRORS).filter(([, { kind }]) => kind === 'io' || kind === 'bug');
    for (const [code] of codes.filter(([name]) => name !== 'GATEWAY_UNREACHABLE')) {
      const [zh] = both(ofPartitions([7, { state: 'failed', reasons: [`words (${code})`] }]));
      expect(zh).not.toMatch(/words|\{/);
    }
  });

  test('another instance runs it', () => {
    expect(both(ofPartitions([0, { state: 'standby', reasons: [] }]))).toEqual([
      '本机待命，分区 0 由另一实例运行',
      'on standby, another instance runs partition 0',
    ]);
  });
});

test('a full disk', () => {
  const full = 'the disk under /data is full (0 MiB left): free at least 32 MiB, the rest goes on by itself';
  expect(both([full])).toEqual(['磁盘已满，需要清理', 'the disk is full, somebody must free space']);
});

test('what is not known stands as it is; of many a few', () => {
  expect(both(['one', 'two', 'three', 'four'])).toEqual(['one；two；three；four', 'one; two; three; four']);
  expect(both(['one', 'two', 'three', 'four', 'five'])).toEqual([
    'one；two；three；另有 2 项',
    'one; two; three; 2 more',
  ]);
});
