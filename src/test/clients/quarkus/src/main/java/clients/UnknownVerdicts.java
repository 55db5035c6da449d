package clients;

import io.quarkus.security.AuthenticationFailedException;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

// From here on: the recipe of docs/clients.md.
@Provider
@Priority(Priorities.AUTHENTICATION)
public class UnknownVerdicts implements ExceptionMapper<AuthenticationFailedException> {

    @Override
    public Response toResponse(AuthenticationFailedException refused) {
        // An inactive token has no cause.
        return refused.getCause() != null
                ? Response.status(503).header(HttpHeaders.RETRY_AFTER, 1).build()
                : Response.status(401).header(HttpHeaders.WWW_AUTHENTICATE, "Bearer").build();
    }
}
