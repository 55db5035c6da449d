package dev.tokencache.http.oauth;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.RefusedCallers;
import dev.tokencache.caller.Role;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import jakarta.inject.Provider;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.io.IOException;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Authenticates callers that have their credentials in the form (RFC 6749 section 2.3.1), after the form is read. Its length
 * and the time for it are limited as for every body.
 */
public final class ClientFilter {

    private final Provider<Callers> callers;
    private final Provider<RefusedCallers> refused;

    /** As in {@link CallerFilter}. */
    ClientFilter(Provider<Callers> callers, Provider<RefusedCallers> refused) {
        this.callers = callers;
        this.refused = refused;
    }

    @ServerRequestFilter(priority = Priorities.ENTITY_CODER + 1)
    void authenticate(ContainerRequestContext context, ResourceInfo resource) throws IOException {
        Role needed = CallerFilter.neededRole(context);
        if (needed == null && resource.getResourceClass() != OAuthResource.class) {
            return;
        }
        FormBody form = FormBody.parse(context.getEntityStream().readAllBytes());
        context.getEntityStream().reset();
        if (needed == null) {
            form.withoutCredentials();
            return;
        }
        Optional<Caller> caller = callers.get().authenticate(form.clientId(), form.clientSecret());
        if (caller.isEmpty()) {
            refused.get().refused(callers.get().refusal(form.clientId(), form.clientSecret()));
            throw new ProblemException(
                    form.clientSecret() == null ? Problem.UNAUTHENTICATED : Problem.WRONG_CLIENT_SECRET);
        }
        CallerFilter.admit(context, needed, caller.get(), refused.get());
    }
}
