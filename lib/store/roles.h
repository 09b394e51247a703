/*
 * roles.h - who but the owner of a state may do what with its quarantine
 *
 * A role is a file in the state directory, STATE/release or STATE/purge, which
 * is never read: who may write to it has the role.  Where there is one, the
 * group of the quarantine may write to that.  The owner of the state has every
 * role.
 */
#ifndef INV_STORE_ROLES_H
#define INV_STORE_ROLES_H

#include "base/err.h"
#include "store/state.h"

enum inv_role {
	INV_ROLE_RELEASE,
	INV_ROLE_PURGE,
};

/* INV_DENIED where we have not. */
INV_MUST bool inv_role_is_ours(const struct inv_state *state,
    enum inv_role role, struct inv_err *err);

/* There is a file of a role, and it is the owner's. */
bool inv_roles_are_given(const struct inv_state *state);

#endif
