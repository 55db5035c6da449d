package dev.tokencache.http.oauth;

import dev.tokencache.http.Allowed;
import dev.tokencache.http.Body;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import dev.tokencache.identity.SignedIdentities;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** The public keys of signed identities (RFC 7517). */
@Path(KeySetResource.PATH)
final class KeySetResource {

    static final String PATH = "/.well-known/jwks.json";

    /** How soon a verifier knows a new key at the latest. */
    private static final String CACHEABLE = "public, max-age=300";

    private final Optional<SignedIdentities> identities;

    KeySetResource(SignedIdentities.Configured configured) {
        this.identities = configured.identities();
    }

    @GET
    @Allowed.ToAnyone
    public Response keys() {
        String keys = identities
                .map(SignedIdentities::keySet)
                .orElseThrow(() -> new ProblemException(Problem.ofStatus(404, "identities are not signed here")));
        return Response.ok(keys)
                .header(HttpHeaders.CONTENT_TYPE, Body.JSON)
                .header(HttpHeaders.CACHE_CONTROL, CACHEABLE)
                .build();
    }
}
