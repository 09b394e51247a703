/*
 * stat.h - the tests by which two sets of figures are told apart
 *
 * Each gives the critical value of a distance: how far apart two samples of
 * the same thing come by chance with a probability of alpha.
 */
#ifndef INV_DATA_STAT_H
#define INV_DATA_STAT_H

#include "base/str.h"

/* The x that a normal variable stays below with probability p, 0 < p < 1. */
double inv_stat_normal(double p);

/*
 * Two proportions p and q, of n and m, by the pooled two-sided z-test: the
 * difference that is not by chance.
 */
double inv_stat_share_limit(double alpha, double p, double n, double q,
    double m);

/*
 * Kolmogorov and Smirnov, of two samples in ascending order, not empty: the
 * greatest distance of their distribution functions; and the distance that is
 * not by chance (Smirnov 1948, for large samples).
 */
double inv_stat_ks(const double *a, size_t n, const double *b, size_t m);
double inv_stat_ks_limit(double alpha, double n, double m);

/*
 * The population stability index of counts was[0..bins) and is[0..bins)
 * (Siddiqi 2006), with half a count more in each so that none is 0; and what
 * it comes to by chance (Yurdakul and Naranjo 2020: chi-squared of one degree
 * less than bins, times 1/n + 1/m).
 */
double inv_stat_psi(const double *was, const double *is, size_t bins);
double inv_stat_psi_limit(double alpha, size_t bins, double n, double m);

#endif
