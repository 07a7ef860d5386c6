/** The built package, and a feed to put into, for processes that tests start. */
import { csv, int32, parquet, schemaOf, text, texts } from '../../dist/index.js';

export { openFeeds, streamed } from '../../dist/index.js';

const columns = {
  attractionId: text('attraction_id', 'Unique.'),
  park: text('park', 'Name of the park.'),
  name: text('name', 'Name for people.'),
  themes: texts('themes', 'Joined with `|`.'),
};

export const attractions = {
  path: 'etl/attractions/v1.0',
  description: 'Attractions.',
  schema: schemaOf(columns),
  codec: csv(columns),
};

const visitFields = [
  text('user_id', 'The visitor.').field,
  text('attraction_id', 'As in `etl/attractions`.').field,
  { name: 'visited_at', type: 'timestamp[ms, UTC]', nullable: false, description: 'When.' },
  int32('photos', 'Photos.', [1, 2 ** 31 - 1]).field,
];

export const visits = {
  path: 'etl/visits/v1.0',
  description: 'Visits.',
  schema: visitFields,
  codec: parquet(visitFields),
};
