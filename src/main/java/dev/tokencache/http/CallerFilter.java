package dev.tokencache.http;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.RefusedCallers;
import dev.tokencache.caller.RefusedCallers.Reason;
import dev.tokencache.caller.RefusedCallers.Refusal;
import dev.tokencache.caller.Role;
import dev.tokencache.http.error.ErrorDialect;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import jakarta.inject.Provider;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Objects;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates and authorizes callers as {@link Allowed} demands, before their body is read. A caller without a header whose
 * form may have its credentials is left to {@link dev.tokencache.http.oauth.ClientFilter}.
 */
public final class CallerFilter {

    /** The request property that holds the {@link Caller}. */
    private static final String CALLER = "dev.tokencache.caller";

    /** The request property of {@link #neededRole}. */
    private static final String NEEDED_ROLE = "dev.tokencache.needed-role";

    private final Provider<Callers> callers;
    private final Provider<RefusedCallers> refused;

    /** The arguments are resolved at the first request: filters are created before the configuration is read. */
    CallerFilter(Provider<Callers> callers, Provider<RefusedCallers> refused) {
        this.callers = callers;
        this.refused = refused;
    }

    /** The caller of a request to a method that requires a role. */
    public static Caller callerOf(ContainerRequestContext context) {
        return (Caller) Objects.requireNonNull(context.getProperty(CALLER));
    }

    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    void authenticate(ContainerRequestContext context, ResourceInfo resource) {
        Role needed = roleOf(resource);
        if (needed == null) {
            return;
        }
        String header = context.getHeaderString(HttpHeaders.AUTHORIZATION);
        if (header == null && hasForm(context, resource)) {
            context.setProperty(NEEDED_ROLE, needed);
            return;
        }
        Optional<Caller> caller = ErrorDialect.of(context.getUriInfo().getPath()) == ErrorDialect.OAUTH
                ? callers.get().authenticateClient(header)
                : callers.get().authenticate(header);
        if (caller.isEmpty()) {
            refused.get().refused(callers.get().refusal(header));
            throw new ProblemException(Problem.UNAUTHENTICATED);
        }
        admit(context, needed, caller.get(), refused.get());
    }

    private static boolean hasForm(ContainerRequestContext context, ResourceInfo resource) {
        Body body = resource.getResourceMethod().getAnnotation(Body.class);
        String contentType = context.getHeaderString(HttpHeaders.CONTENT_TYPE);
        return body != null
                && body.value().equals(Body.FORM)
                && contentType != null
                && BodyHeaders.isAcceptable(contentType, Body.FORM);
    }

    /** The role that a caller needs whose form must authenticate it; null if the header has done that, or no role is needed. */
    public static @Nullable Role neededRole(ContainerRequestContext context) {
        return (Role) context.getProperty(NEEDED_ROLE);
    }

    /** Lets an authenticated caller call a method, if it has the role. */
    public static void admit(ContainerRequestContext context, Role needed, Caller caller, RefusedCallers refused) {
        if (!caller.may(needed)) {
            refused.refused(new Refusal(Reason.MISSING_ROLE, caller.id()));
            throw new ProblemException(Problem.forbidden(needed.toString()));
        }
        context.setProperty(CALLER, caller);
    }

    /** The role that a method requires, or null if it needs no credentials. */
    private static @Nullable Role roleOf(ResourceInfo resource) {
        Allowed allowed = resource.getResourceMethod().getAnnotation(Allowed.class);
        if (allowed != null) {
            return allowed.value();
        }
        if (resource.getResourceMethod().isAnnotationPresent(Allowed.ToAnyone.class)) {
            return null;
        }
        throw new IllegalStateException(resource.getResourceMethod() + " has neither @Allowed nor @Allowed.ToAnyone");
    }
}
