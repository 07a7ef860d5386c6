/** The features of one attraction for one visitor. All but `near` are log ratios of smoothed shares. */
export const featureNames = ['popular', 'lately', 'hour', 'near', 'followed', 'together'] as const;

export type FeatureName = (typeof featureNames)[number];

/** The weight of each feature, in the order of {@link featureNames}. 1 takes the feature at its word, 0 leaves it out. */
export type Weights = Readonly<Record<FeatureName, number>>;
