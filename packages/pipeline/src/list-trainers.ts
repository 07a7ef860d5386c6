/** The trainers that can be compared on lists; ALS uses the options of the configuration. */
export const listTrainers = ['popular', 'item-knn', 'ease', 'als'] as const;

/** A name of {@link listTrainers}. */
export type ListTrainer = (typeof listTrainers)[number];
