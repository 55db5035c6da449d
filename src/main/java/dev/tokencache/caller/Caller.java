package dev.tokencache.caller;

import java.security.Principal;
import java.util.Set;

/**
 * An authenticated caller.
 *
 * @param id its name in the configuration, and the {@code client_id} of the tokens it creates
 */
public record Caller(String id, Set<Role> roles) implements Principal {

    public Caller {
        roles = Set.copyOf(roles);
    }

    public boolean may(Role role) {
        return roles.contains(role);
    }

    @Override
    public String getName() {
        return id;
    }
}
