/** What the Grafana dashboards show, in both languages: rows in the order of a reader's questions. */

/**
 * @typedef {readonly [english: string, chinese: string]} Words
 * @typedef {{ readonly title: Words, readonly about?: Words, readonly kind: 'stat' | 'timeseries' | 'table' | 'bargauge',
 *   readonly of: readonly (readonly [expression: string, legend: string])[], readonly unit?: string, readonly width: number,
 *   readonly height?: number, readonly steps?: readonly (readonly [from: number | null, colour: string])[] }} Panel
 * @typedef {{ readonly title: Words, readonly panels: readonly Panel[] }} Row
 */

export const GOOD = 'green';
const WARN = 'orange';
const BAD = 'red';
/** Bad from 1 on. */
const NONE_WANTED = /** @type {const} */ ([
  [null, GOOD],
  [1, BAD],
]);

/** In the order of a reader's questions: is anything wrong, what do customers live through, do people hear of it, can I trust it. @type {readonly Row[]} */
export const ROWS = [
  {
    title: ['What is wrong now', '现在哪里有问题'],
    panels: [
      {
        title: ['Critical alerts', '严重告警'],
        kind: 'stat',
        of: [['sum(earshot_alerts{severity="critical",state="firing"}) or vector(0)', '']],
        width: 4,
        steps: NONE_WANTED,
      },
      {
        title: ['Open alerts', '未恢复的告警'],
        kind: 'stat',
        of: [['sum(earshot_gateway_open_alerts) or vector(0)', '']],
        width: 4,
        steps: [
          [null, GOOD],
          [1, WARN],
        ],
      },
      {
        title: ['Ready', '就绪'],
        about: ['Engines that process, of those that answer.', '正在处理的引擎数（占有响应的引擎）。'],
        kind: 'stat',
        of: [['min(earshot_ready)', '']],
        width: 4,
        steps: [
          [null, BAD],
          [1, GOOD],
        ],
      },
      {
        title: ['Behind', '落后'],
        kind: 'stat',
        of: [['max(earshot_lag_seconds)', '']],
        unit: 's',
        width: 4,
        steps: [
          [null, GOOD],
          [5, WARN],
          [60, BAD],
        ],
      },
      {
        title: ['Hooks that fail', '发送失败的通知渠道'],
        kind: 'stat',
        of: [['sum(earshot_hook_failing) or vector(0)', '']],
        width: 4,
        steps: NONE_WANTED,
      },
      {
        title: ['Fullest stream', '最满的流'],
        kind: 'stat',
        of: [['max(earshot_stream_used_ratio)', '']],
        unit: 'percentunit',
        width: 4,
        steps: [
          [null, GOOD],
          [0.8, WARN],
          [0.95, BAD],
        ],
      },
      {
        title: ['Alerts by rule', '按规则的告警'],
        kind: 'table',
        of: [['sum by (rule, severity, state) (earshot_alerts) > 0', '']],
        width: 10,
        height: 8,
      },
      {
        title: ['Alerts over time', '告警走势'],
        kind: 'timeseries',
        of: [['sum by (severity, state) (earshot_alerts)', '{{severity}} {{state}}']],
        width: 14,
        height: 8,
      },
    ],
  },
  {
    title: ['KPIs', '指标'],
    panels: [
      {
        title: ['$kpi', '$kpi'],
        about: [
          'Latest values, each key a line. Gaps: no value was reported.',
          '最新值，每个键一条线。断线：没有上报值。',
        ],
        kind: 'timeseries',
        of: [['earshot_kpi_value{kpi=~"$kpi"}', '__auto']],
        width: 16,
        height: 9,
      },
      {
        title: ['Behind that value (n)', '该值的样本数 n'],
        kind: 'timeseries',
        of: [['earshot_kpi_n{kpi=~"$kpi"}', '__auto']],
        width: 8,
        height: 9,
      },
    ],
  },
  {
    title: ['Hooks', '通知'],
    panels: [
      {
        title: ['Accepted and failed a minute', '每分钟送达与失败'],
        kind: 'timeseries',
        of: [
          ['sum by (hook) (rate(earshot_hook_notices_delivered_total[5m])) * 60', '{{hook}}'],
          ['sum by (hook) (rate(earshot_hook_attempts_failed_total[5m])) * 60', '{{hook}} ✗'],
        ],
        width: 8,
      },
      {
        title: ['Breach to accepted, p99', '从越线到送达，p99'],
        kind: 'timeseries',
        of: [
          ['histogram_quantile(0.99, sum by (le, hook) (rate(earshot_hook_accepted_seconds_bucket[10m])))', '{{hook}}'],
        ],
        unit: 's',
        width: 8,
      },
      {
        title: ['Waiting and given up', '等待中与已放弃'],
        kind: 'timeseries',
        of: [
          ['sum by (hook) (earshot_hook_notices_waiting)', '{{hook}}'],
          ['sum by (hook) (earshot_hook_notices_given_up)', '{{hook}} ✗'],
        ],
        width: 8,
      },
    ],
  },
  {
    title: ['The engine', '引擎'],
    panels: [
      {
        title: ['Events a second', '每秒事件数'],
        kind: 'timeseries',
        of: [['sum by (partition) (rate(earshot_events_in_total[1m]))', '{{partition}}']],
        width: 8,
      },
      {
        title: ['Behind, by partition', '各分区落后'],
        kind: 'timeseries',
        of: [['earshot_lag_seconds', '{{partition}}']],
        unit: 's',
        width: 8,
      },
      {
        title: ['Wall clock less event time', '墙钟减事件时间'],
        kind: 'timeseries',
        of: [['earshot_watermark_delay_seconds', '{{partition}}']],
        unit: 's',
        width: 8,
      },
      {
        title: ['Commit, p99', '提交耗时 p99'],
        kind: 'timeseries',
        of: [['histogram_quantile(0.99, sum by (le) (rate(earshot_commit_seconds_bucket[5m])))', 'p99']],
        unit: 's',
        width: 8,
      },
      {
        title: ['Scoring, p99', '打分耗时 p99'],
        kind: 'timeseries',
        of: [['histogram_quantile(0.99, sum by (le) (rate(earshot_scoring_seconds_bucket[5m])))', 'p99']],
        unit: 's',
        width: 8,
      },
      {
        title: ['Streams, share of their size', '各流占用比例'],
        kind: 'bargauge',
        of: [['max by (stream) (earshot_stream_used_ratio)', '{{stream}}']],
        unit: 'percentunit',
        width: 8,
        steps: [
          [null, GOOD],
          [0.8, WARN],
          [0.95, BAD],
        ],
      },
      {
        title: ['Screens', '大屏与看板'],
        kind: 'timeseries',
        of: [['sum(earshot_gateway_clients)', 'clients']],
        width: 8,
      },
      {
        title: ['Memory', '内存'],
        kind: 'timeseries',
        of: [['process_resident_memory_bytes{job=~"$job"}', '{{instance}}']],
        unit: 'bytes',
        width: 8,
      },
      {
        title: ['Take-overs and restarts', '接管与重启'],
        kind: 'timeseries',
        of: [
          ['sum(increase(earshot_partition_restarts_total[10m]))', 'restarts'],
          ['sum(changes(earshot_owner_epoch[10m]))', 'take-overs'],
        ],
        width: 8,
      },
    ],
  },
];
