/** The entry of `journeys/`: the funnel of one journey, chosen by `?journey=`. */
import { journeyAddress } from '../model/pages/page-address.ts';
import { journeysView } from './journeys-view.ts';
import { openPage } from './open-page.ts';

const address = journeyAddress(location.search);
void openPage(
  'journeys',
  () => ({ topics: [], maxHz: 1, headline: {} }),
  (context) => journeysView(context, address),
);
