package dev.tokencache.http.oauth;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.Responses;
import dev.tokencache.http.json.Json;
import dev.tokencache.identity.SignedIdentities;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The metadata of the OAuth endpoints (RFC 8414). */
@Path("/.well-known/oauth-authorization-server")
final class MetadataResource {

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
        return Responses.json(Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("issuer", base);
            writeEndpoint("introspection_endpoint", base + "/oauth2/introspect", json);
            writeEndpoint("revocation_endpoint", base + "/oauth2/revoke", json);
            // Required by RFC 8414 section 2; there is no authorization endpoint, hence no response type.
            json.writeArrayFieldStart("response_types_supported");
            json.writeEndArray();
            if (identities.isPresent()) {
                json.writeStringField("jwks_uri", base + KeySetResource.PATH);
                json.writeArrayFieldStart("introspection_signing_alg_values_supported");
                for (String algorithm : identities.get().algorithms()) {
                    json.writeString(algorithm);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }));
    }

    private static void writeEndpoint(String name, String url, JsonGenerator json) throws IOException {
        json.writeStringField(name, url);
        json.writeArrayFieldStart(name + "_auth_methods_supported");
        json.writeString("client_secret_basic");
        json.writeString("client_secret_post");
        json.writeEndArray();
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
