package clients;

import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;

/** A protected site, configured at its start. */
@Path("/me")
@Authenticated
public class Site {

    @GET
    public String me(@Context SecurityContext security) {
        return security.getUserPrincipal().getName();
    }
}
