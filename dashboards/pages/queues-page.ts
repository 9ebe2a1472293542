/** The entry of `queues/`: what is open of the clocks of service, or of those that `?clocks=` names. */
import { openPage } from './open-page.ts';
import { inTimeTopics, queuesView } from './queues-view.ts';

const asked = new URLSearchParams(location.search).get('clocks');
void openPage(
  'queues',
  (_settings, admitted) => ({ topics: inTimeTopics(admitted), maxHz: 1, headline: {} }),
  (context) => queuesView(context, asked),
);
