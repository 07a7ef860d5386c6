"""Answers questions of statistics with scipy, statsmodels, spotify-confidence and confseq. Reads JSON from stdin, a list of [question, arguments...];
prints the list of answers. The tests of packages/experiments ask it."""

import hashlib
import json
import sys
import warnings

import numpy as np
import pandas as pd
import spotify_confidence
from confseq.boundaries import normal_log_mixture, normal_mixture_bound
from scipy import optimize, stats
from statsmodels.api import OLS
from statsmodels.stats import multitest, power, proportion
from statsmodels.stats._delta_method import NonlinearDeltaCov
from statsmodels.tools.numdiff import approx_fprime_cs
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

warnings.simplefilter("ignore")


def column(users, name):
    return np.array([user[name] for user in users], dtype=float)


def centred(values):
    """Moves only the intercept of a regression, and keeps digits where values are large."""
    return values - np.mean(values)


def chi_square(counts, shares):
    expected = np.sum(counts) * np.array(shares) / np.sum(shares)
    return list(stats.chisquare(counts, expected))


def homogeneity(days):
    found = stats.chi2_contingency(days, correction=False)
    return [found.statistic, found.pvalue]


def proportions(treatment, control):
    """By statsmodels: Wald's test of two independent proportions, without pooling."""
    counts = [int(np.sum(column(users, "y"))) for users in (treatment, control)]
    sizes = [len(treatment), len(control)]
    arguments = [counts[0], sizes[0], counts[1], sizes[1]]
    test = proportion.test_proportions_2indep(*arguments, method="wald", correction=False)
    interval = proportion.confint_proportions_2indep(*arguments, method="wald", compare="diff", correction=False)
    return [test.diff, test.pvalue, *interval]


def means(treatment, control):
    both = CompareMeans(DescrStatsW(column(treatment, "y")), DescrStatsW(column(control, "y")))
    low, high = both.zconfint_diff(usevar="unequal")
    return [(low + high) / 2, both.ztest_ind(usevar="unequal")[1], low, high]


def spotify(treatment, control):
    """The same from the sums alone, by spotify-confidence."""
    frame = pd.DataFrame(
        {
            "panel": ["treatment", "control"],
            "sum": [np.sum(column(users, "y")) for users in (treatment, control)],
            "squares": [np.sum(column(users, "y") ** 2) for users in (treatment, control)],
            "users": [len(treatment), len(control)],
        }
    )
    test = spotify_confidence.ZTest(
        frame,
        numerator_column="sum",
        numerator_sum_squares_column="squares",
        denominator_column="users",
        categorical_group_columns="panel",
    )
    row = test.difference(level_1="control", level_2="treatment").iloc[0]
    return [row["difference"], row["p-value"], row["ci_lower"], row["ci_upper"]]


def delta(kind, treatment, control):
    """The absolute and the relative difference of a function of the means, with standard errors by statsmodels' delta method (complex-step
    derivatives), and the interval of the relative one. With CUPED, theta is the regression's and z is moved to its mean over all."""
    names = ["y", "x", "z"]
    panels = [np.array([column(users, name) for name in names]) for users in (treatment, control)]
    sizes = [len(treatment), len(control)]
    at = np.concatenate([panel.mean(axis=1) for panel in panels])
    covariance = np.zeros((6, 6))
    for k, panel in enumerate(panels):
        covariance[3 * k : 3 * k + 3, 3 * k : 3 * k + 3] = np.cov(panel) / sizes[k]

    def metric(values):
        return values[0] / values[1] if kind.startswith("ratio") else values[0]

    def linear(panel):
        y, x, _ = panel
        return (y - y.mean() / x.mean() * x) / x.mean() if kind.startswith("ratio") else y

    theta = 0
    if kind.endswith("cuped"):
        design = np.column_stack(
            [
                np.repeat([1, 0], sizes),
                np.repeat([0, 1], sizes),
                np.concatenate([panel[2] for panel in panels]),
            ]
        )
        theta = OLS(centred(np.concatenate([linear(panel) for panel in panels])), design).fit().params[2]

    def values(params):
        z = (sizes[0] * params[2] + sizes[1] * params[5]) / sum(sizes)
        return [metric(params[:3]) - theta * (params[2] - z), metric(params[3:]) - theta * (params[5] - z)]

    def absolute(params):
        treated, untreated = values(params)
        return np.array([treated - untreated])

    def relative(params):
        treated, untreated = values(params)
        return np.array([(treated - untreated) / (untreated if untreated.real > 0 else -untreated)])

    def error(function):
        return float(np.sqrt(np.squeeze(NonlinearDeltaCov(function, at, covariance).cov())))

    answers = [theta, absolute(at)[0], error(absolute), relative(at)[0], error(relative)]
    return [float(np.real(answer)) for answer in answers] + fieller(values, at, covariance)


def fieller(values, at, covariance):
    """The interval of the relative difference, by search: where treatment - ratio * control is 1.96 standard errors from 0."""
    treated, untreated = values(at)
    gradient = approx_fprime_cs(at, lambda params: np.array(values(params)))
    both = gradient @ covariance @ gradient.T
    limit = stats.norm.isf(0.025)

    def beyond(ratio):
        weights = np.array([1, -ratio])
        return (treated - ratio * untreated) ** 2 - limit**2 * (weights @ both @ weights)

    ratio = treated / untreated
    ends = []
    for direction in (-1, 1):
        step = 1e-3
        while beyond(ratio + direction * step) < 0 and step < 1e6:
            step *= 2
        if step >= 1e6:
            return [None] * 2
        ends.append(optimize.brentq(beyond, ratio, ratio + direction * step, xtol=1e-15, rtol=1e-14))
    low, high = ends
    return [low - 1, high - 1] if untreated > 0 else [1 - high, 1 - low]


def regression(treatment, control):
    """CUPED's difference of means as the regression of y on the panel and z."""
    users = treatment + control
    panel = np.repeat([1, 0], [len(treatment), len(control)])
    fit = OLS(centred(column(users, "y")), np.column_stack([np.ones(len(users)), panel, column(users, "z")])).fit()
    return [fit.params[1], fit.params[2]]


def holm(p_values):
    return list(multitest.multipletests(p_values, method="holm")[1])


def power_of_means(effect, deviation, treatment, control, alpha):
    return power.NormalIndPower().power(effect / deviation, treatment, alpha, ratio=control / treatment)


def power_of_proportions(base, effect, treatment, control, alpha):
    deviation = np.sqrt(
        (base + effect) * (1 - base - effect) + base * (1 - base) * treatment / control
    )
    return power.normal_power_het(effect, treatment, alpha, std_null=deviation, std_alternative=deviation)


def users_for_means(effect, deviation, wanted, alpha):
    users = 2 * power.NormalIndPower().solve_power(effect / deviation, power=wanted, alpha=alpha, ratio=1)
    return int(np.ceil(users))


def power_of_ratio(users, shares, panel, lost, alpha):
    shares = np.array(shares) / np.sum(shares)
    left = shares * np.where(np.arange(len(shares)) == panel, 1 - lost, 1)
    kept = np.sum(left)
    size = np.sqrt(np.sum((left / kept - shares) ** 2 / shares))
    return power.GofChisquarePower().power(size, users * kept, n_bins=len(shares), alpha=alpha)


def reach(users, alpha, intended):
    return normal_mixture_bound(users, alpha, intended, alpha, False) / np.sqrt(users)


def anytime_p(z, users, alpha, intended):
    return min(1, np.exp(-normal_log_mixture(z * np.sqrt(users), users, intended, alpha, False)))


def sign_test(a, b):
    return stats.binomtest(a, a + b).pvalue


def preference(a, b, ties):
    values = DescrStatsW(np.repeat([1, -1, 0], [a, b, ties]))
    return [values.mean, *values.zconfint_mean()]


def coins(salt, user, request):
    bits = hashlib.sha256(f"v1|{salt}|{user}|{request}".encode()).digest()
    return [(bits[r >> 3] >> (r & 7)) & 1 for r in range(256)]


def plain(value):
    return value.item() if isinstance(value, np.generic) else [plain(each) for each in value] if isinstance(value, list) else value


print(json.dumps([plain(globals()[question](*arguments)) for question, *arguments in json.load(sys.stdin)]))
