/** Who can be judged on lists; ALS has the options of the configuration. */
export const listTrainers = ['popular', 'item-knn', 'ease', 'als'] as const;

/** A name of {@link listTrainers}. */
export type ListTrainer = (typeof listTrainers)[number];
