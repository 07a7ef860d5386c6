import { hourOfDay } from '@attractions/models';
import { defineRule } from '@attractions/recommender';

/** Nobody is sent to a water ride after six in the evening. A rule is asked with the time on the clock of the park. */
export const dryAfterSix = defineRule({
  name: 'dry-after-six',
  allows: ({ themes }, { at }) => !themes.includes('water') || hourOfDay(Number(at)) < 18,
});
