/* test_stat.c - the tests by which two sets of figures are told apart */

#include "data/stat.h"

#include <math.h>

#include "check.h"

static bool
near(double got, double want, double by)
{
	if (fabs(got - want) <= by)
		return true;
	printf("# got %.6f, want %.6f\n", got, want);
	return false;
}

static void
quantiles_are_those_of_the_tables(void)
{
	check(near(inv_stat_normal(0.5), 0, 1e-9));
	check(near(inv_stat_normal(0.975), 1.959964, 1e-6));
	check(near(inv_stat_normal(0.9995), 3.290527, 1e-6));
	check(near(inv_stat_normal(0.0001), -3.719016, 1e-6));
}

static void
proportions_differ_past_the_pooled_z(void)
{
	/* p = 0.15: 1.959964 * sqrt(0.15 * 0.85 * 0.02) */
	check(near(inv_stat_share_limit(0.05, 0.1, 100, 0.2, 100), 0.098973,
	    1e-6));
	check(inv_stat_share_limit(0.05, 0, 100, 0, 100) == 0);
	check(inv_stat_share_limit(0.05, 1, 10, 1, 100) == 0);
}

static void
distribution_functions_are_compared_at_every_step(void)
{
	static const double low[] = { 1, 2, 3, 4 };
	static const double high[] = { 5, 6, 7, 8 };
	static const double shifted[] = { 3, 4, 5, 6 };
	static const double ties[] = { 1, 1, 1, 2 };
	static const double fewer[] = { 1, 2 };

	check(inv_stat_ks(low, 4, low, 4) == 0);
	check(inv_stat_ks(low, 4, high, 4) == 1);
	check(inv_stat_ks(low, 4, shifted, 4) == 0.5);
	check(inv_stat_ks(ties, 4, fewer, 2) == 0.25);
	check(inv_stat_ks(fewer, 2, ties, 4) == 0.25);
}

static void
the_limit_of_ks_is_that_of_smirnov(void)
{
	/* 1.358 and 1.628: the factors that are printed everywhere. */
	check(near(inv_stat_ks_limit(0.05, 1, 1) / sqrt(2), 1.3581, 1e-4));
	check(near(inv_stat_ks_limit(0.01, 1, 1) / sqrt(2), 1.6276, 1e-4));
	check(near(inv_stat_ks_limit(0.05, 100, 100), 0.192066, 1e-5));
}

static void
psi_is_that_of_siddiqi(void)
{
	/* Of large counts, where half a count is nothing. */
	static const double was[] = { 5e9, 5e9 };
	static const double is[] = { 6e9, 4e9 };
	static const double gone[] = { 1000, 0 };

	/* 0.1 * ln(0.6 / 0.5) - 0.1 * ln(0.4 / 0.5) */
	check(near(inv_stat_psi(was, is, 2), 0.0405465, 1e-6));
	check(inv_stat_psi(was, was, 2) == 0);
	check(isfinite(inv_stat_psi(gone, is, 2)));
	check(inv_stat_psi(gone, is, 2) > 1);
}

static void
the_limit_of_psi_is_a_chi_squared(void)
{
	/* The 95 % points for 1, 10 and 100 degrees: 3.841, 18.307, 124.342 */
	check(near(inv_stat_psi_limit(0.05, 2, 2, 2), 3.841, 0.1));
	check(near(inv_stat_psi_limit(0.05, 11, 2, 2), 18.307, 0.05));
	check(near(inv_stat_psi_limit(0.05, 101, 2, 2), 124.342, 0.05));
	check(inv_stat_psi_limit(0.05, 1, 2, 2) == 0);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(quantiles_are_those_of_the_tables),
		TEST(proportions_differ_past_the_pooled_z),
		TEST(distribution_functions_are_compared_at_every_step),
		TEST(the_limit_of_ks_is_that_of_smirnov),
		TEST(psi_is_that_of_siddiqi),
		TEST(the_limit_of_psi_is_a_chi_squared),
	};

	return RUN(tests);
}
