import { text } from '@attractions/config';

import { DEFAULT_KIND_NAMES } from './kind.js';

/** The setting of the stages that train, serve or judge: which kinds of model are on. */
export const modelsSetting = text({
  variable: 'MODELS',
  description:
    'Kinds of model that are trained, served and judged, in the order in which visitors are answered: als, ease, item-knn, next-attraction, popular; kinds of your own are listed in the configuration file. popular always comes last, and als is always trained, since it names the snapshot.',
  default: DEFAULT_KIND_NAMES.join(','),
});

/** The names in the setting. */
export const namesIn = (models: string): readonly string[] =>
  models
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
