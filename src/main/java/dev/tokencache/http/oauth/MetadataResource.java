package dev.tokencache.http.oauth;

import dev.tokencache.http.Allowed;
import dev.tokencache.http.Responses;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.identity.SignedIdentities;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The metadata of the OAuth endpoints (RFC 8414). */
@Path("/.well-known/oauth-authorization-server")
final class MetadataResource {

    private static final List<String> AUTH_METHODS = List.of("client_secret_basic", "client_secret_post");

    private final Optional<String> issuer;
    private final Optional<SignedIdentities> identities;

    /** @param issuer the issuer URL; by default the scheme and authority of each request */
    MetadataResource(
            @ConfigProperty(name = "tokencache.issuer") Optional<String> issuer,
            SignedIdentities.Configured configured) {
        this.issuer = issuer.map(MetadataResource::withoutSlash);
        this.identities = configured.identities();
    }

    @GET
    @Allowed.ToAnyone
    public Response metadata(@Context UriInfo uri) {
        String base = issuer.orElseGet(() -> withoutSlash(uri.getBaseUri().toString()));
        JsonDocument metadata = new JsonDocument()
                .with("issuer", base)
                .with("introspection_endpoint", base + "/oauth2/introspect")
                .with("introspection_endpoint_auth_methods_supported", AUTH_METHODS)
                .with("revocation_endpoint", base + "/oauth2/revoke")
                .with("revocation_endpoint_auth_methods_supported", AUTH_METHODS)
                // Required by RFC 8414 section 2; there is no authorization endpoint, hence no response type.
                .with("response_types_supported", List.of());
        identities.ifPresent(signed -> metadata.with("jwks_uri", base + KeySetResource.PATH)
                .with("introspection_signing_alg_values_supported", signed.algorithms()));
        return Responses.json(metadata);
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
