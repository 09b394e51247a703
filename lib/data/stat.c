/* stat.c - the tests by which two sets of figures are told apart */

#include "data/stat.h"

#include <math.h>

enum { HALVINGS = 60 }; /* of an interval: to the last bit of a double */

double
inv_stat_normal(double p)
{
	double low = -40;
	double high = 40;

	for (int i = 0; i < HALVINGS; i++) {
		double x = (low + high) / 2;

		if (erfc(-x / sqrt(2)) / 2 < p)
			low = x;
		else
			high = x;
	}
	return (low + high) / 2;
}

double
inv_stat_share_limit(double alpha, double p, double n, double q, double m)
{
	double both = (p * n + q * m) / (n + m);

	return inv_stat_normal(1 - alpha / 2) *
	    sqrt(both * (1 - both) * (1 / n + 1 / m));
}

double
inv_stat_ks(const double *a, size_t n, const double *b, size_t m)
{
	double distance = 0;
	size_t i = 0;
	size_t k = 0;

	/* Past all that is equal in both before they are compared. */
	while (i < n && k < m) {
		double x = a[i] < b[k] ? a[i] : b[k];

		while (i < n && a[i] <= x)
			i++;
		while (k < m && b[k] <= x)
			k++;
		double d = fabs((double)i / (double)n - (double)k / (double)m);

		if (d > distance)
			distance = d;
	}
	return distance;
}

double
inv_stat_ks_limit(double alpha, double n, double m)
{
	return sqrt(-log(alpha / 2) / 2) * sqrt((n + m) / (n * m));
}

double
inv_stat_psi(const double *was, const double *is, size_t bins)
{
	double n = 0;
	double m = 0;
	double psi = 0;

	for (size_t i = 0; i < bins; i++) {
		n += was[i] + 0.5;
		m += is[i] + 0.5;
	}
	for (size_t i = 0; i < bins; i++) {
		double p = (was[i] + 0.5) / n;
		double q = (is[i] + 0.5) / m;

		psi += (q - p) * log(q / p);
	}
	return psi;
}

/* Wilson and Hilferty (1931): the cube root is nearly normal. */
double
inv_stat_psi_limit(double alpha, size_t bins, double n, double m)
{
	if (bins < 2)
		return 0;
	double degrees = (double)(bins - 1);
	double spread = 2 / (9 * degrees);
	double root = 1 - spread + inv_stat_normal(1 - alpha) * sqrt(spread);

	return degrees * root * root * root * (1 / n + 1 / m);
}
