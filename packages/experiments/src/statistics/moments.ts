/**
 * Sums over the users of one panel for one metric: all that `estimate` and `compare` need, so that an engine adds up the users and this package
 * never sees them. Sums of parts (days, files, threads) are merged by `addMoments`.
 *
 * - y: the outcome of a user: 0 or 1 for a proportion, a number for a mean or a count, the numerator for a ratio;
 * - x: the denominator of a user, for a ratio only;
 * - z: what the user did before the experiment, for CUPED only.
 *
 * A cap against outliers is laid on y, x and z before they are summed. It must be one number for all panels, and best from data before the start:
 * a quantile per panel cuts away part of the effect.
 */
export interface Moments {
  readonly users: number;
  readonly y: number;
  readonly yy: number;
  readonly x?: number | undefined;
  readonly xx?: number | undefined;
  readonly xy?: number | undefined;
  readonly z?: number | undefined;
  readonly zz?: number | undefined;
  readonly yz?: number | undefined;
  /** For CUPED of a ratio. */
  readonly xz?: number | undefined;
  /**
   * What was taken from each value before it was summed: `y` is the sum of `value - centre.y`, `yy` the sum of its square. Default 0. A number
   * near the mean keeps the digits where values are large and differ little, such as timestamps.
   */
  readonly centre?: { readonly y?: number; readonly x?: number; readonly z?: number } | undefined;
}

/** One user, for `momentsOf`. */
export interface UserValues {
  readonly y: number;
  readonly x?: number;
  readonly z?: number;
}

/** The sums of users in memory; of x and z if the first user has them. Centred on the values of the first user. */
export function momentsOf(users: Iterable<UserValues>): Moments {
  let n = 0;
  let centre: Required<UserValues> = { y: 0, x: 0, z: 0 };
  let first: UserValues = { y: 0 };
  let [y, yy, x, xx, xy, z, zz, yz, xz] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const user of users) {
    if (n++ === 0) {
      first = user;
      centre = { x: 0, z: 0, ...user };
    }
    const [dy, dx, dz] = [user.y - centre.y, (user.x ?? 0) - centre.x, (user.z ?? 0) - centre.z];
    y += dy;
    yy += dy * dy;
    x += dx;
    xx += dx * dx;
    xy += dx * dy;
    z += dz;
    zz += dz * dz;
    yz += dy * dz;
    xz += dx * dz;
  }
  return {
    users: n,
    y,
    yy,
    ...(first.x !== undefined && { x, xx, xy }),
    ...(first.z !== undefined && { z, zz, yz }),
    ...(first.x !== undefined && first.z !== undefined && { xz }),
    centre,
  };
}

/** The sums of two disjoint groups of users, centred as the first. Sums that one of them does not have are left out. */
export function addMoments(one: Moments, other: Moments): Moments {
  const { users: n, y, x, z, centre } = other;
  const by = (name: 'y' | 'x' | 'z') => (centre?.[name] ?? 0) - (one.centre?.[name] ?? 0);
  const [dy, dx, dz] = [by('y'), by('x'), by('z')];
  const sum = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : a + b;
  const moved = (own: number | undefined, a: number | undefined, da: number, b: number | undefined, db: number) =>
    own === undefined || a === undefined || b === undefined ? undefined : own + da * b + db * a + n * da * db;
  return {
    users: one.users + n,
    y: one.y + y + n * dy,
    yy: one.yy + other.yy + 2 * dy * y + n * dy * dy,
    x: sum(one.x, x === undefined ? x : x + n * dx),
    xx: sum(one.xx, moved(other.xx, x, dx, x, dx)),
    xy: sum(one.xy, moved(other.xy, x, dx, y, dy)),
    z: sum(one.z, z === undefined ? z : z + n * dz),
    zz: sum(one.zz, moved(other.zz, z, dz, z, dz)),
    yz: sum(one.yz, moved(other.yz, y, dy, z, dz)),
    xz: sum(one.xz, moved(other.xz, x, dx, z, dz)),
    centre: one.centre,
  };
}

/** One weight for each of y, x and z: how much an estimate moves with their means. */
export interface Weights {
  readonly y: number;
  readonly x: number;
  readonly z: number;
}

/** Means of the users, and the sample variance (divisor n - 1) of any weighted sum of a user's y, x and z. */
export interface Summary {
  readonly users: number;
  readonly means: Weights;
  readonly covariance: (a: Weights, b: Weights) => number;
}

export function summarise(moments: Moments): Summary {
  const { users: n, y, yy, x = 0, xx = 0, xy = 0, z = 0, zz = 0, yz = 0, xz = 0, centre } = moments;
  const of = (product: number, a: number, b: number) => (product - (a * b) / n) / (n - 1);
  const square = (product: number, a: number) => Math.max(0, of(product, a, a));
  const [vy, vx, vz] = [square(yy, y), square(xx, x), square(zz, z)];
  const [cxy, cyz, cxz] = [of(xy, x, y), of(yz, y, z), of(xz, x, z)];
  return {
    users: n,
    means: { y: (centre?.y ?? 0) + y / n, x: (centre?.x ?? 0) + x / n, z: (centre?.z ?? 0) + z / n },
    covariance: (a, b) =>
      a.y * b.y * vy +
      a.x * b.x * vx +
      a.z * b.z * vz +
      (a.y * b.x + a.x * b.y) * cxy +
      (a.y * b.z + a.z * b.y) * cyz +
      (a.x * b.z + a.z * b.x) * cxz,
  };
}
