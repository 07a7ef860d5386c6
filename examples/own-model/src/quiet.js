import { json } from '@attractions/feeds';
import { hourOfDay, itemsNamed, rankScores } from '@attractions/models';

/**
 * Visits by attraction and hour of the day: `visits[row][hour]`.
 *
 * @typedef {{ attractionIds: string[], visits: number[][] }} QuietModel
 */

/**
 * Rides that are quiet at this hour: the score is the share of a ride's visits that fall into the other hours.
 *
 * @type {import('@attractions/models').ModelKind<QuietModel>}
 */
export const quiet = {
  name: 'quiet',

  // Where models are kept, and how: each training is an update of this feed.
  contract: {
    path: 'training/quiet/v1.0',
    description: 'How many visits each attraction has in each hour of the day.',
    schema: [
      { name: 'attractionIds', type: 'json', nullable: false, description: 'Ascending.' },
      { name: 'visits', type: 'json', nullable: false, description: '24 numbers for each attraction.' },
    ],
    codec: json(asModel),
  },

  train(visits) {
    const [ids, times] = [visits.getChild('attraction_id'), visits.getChild('visited_at')];
    /** @type {Map<string, number[]>} */
    const hoursOf = new Map();
    for (let n = 0; n < visits.numRows; n++) {
      const id = String(ids?.get(n));
      const hours = hoursOf.get(id) ?? new Array(24).fill(0);
      hours[hourOfDay(Number(times?.get(n)))] += 1;
      hoursOf.set(id, hours);
    }
    const attractionIds = [...hoursOf.keys()].sort();
    return { attractionIds, visits: attractionIds.map((id) => /** @type {number[]} */ (hoursOf.get(id))) };
  },

  // Called once for each model that is loaded; what it returns is asked with each visitor.
  scorer({ attractionIds, visits }, snapshot) {
    const items = itemsNamed(quiet, attractionIds, snapshot);
    const totals = visits.map((hours) => hours.reduce((sum, count) => sum + count, 0));
    return ({ at }) => {
      const hour = hourOfDay(at);
      // Attractions without a score are left to the next kind of the chain.
      const scores = new Float64Array(snapshot.attractions.length).fill(NaN);
      items.forEach((item, row) => (scores[item] = 1 - visits[row][hour] / totals[row]));
      return {
        source: 'quiet',
        best: (pool, limit) => rankScores(scores, limit, pool),
        reason: (item) => `${Math.round(100 * scores[item])}% of its visitors come at other hours than ${hour}:00`,
      };
    };
  },

  // Lists of one hour are the same, so the service may remember them.
  timeKey: (_, { at }) => String(hourOfDay(at)),
};

/**
 * Refuses a file that does not hold a model.
 *
 * @param {unknown} value
 * @returns {QuietModel}
 */
function asModel(value) {
  const model = /** @type {QuietModel} */ (value);
  if (model.attractionIds.length === model.visits.length && model.visits.every((hours) => hours.length === 24))
    return model;
  throw new Error('There are not 24 numbers for each attraction.');
}
