package dev.tokencache.migration.http;

import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.Body;
import dev.tokencache.http.Responses;
import dev.tokencache.migration.MigrationControl;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** Compares both sides token by token, one part per request: {@code /v1/admin/migration/verify}. */
@Path("/v1/admin/migration/verify")
final class VerificationResource {

    private final MigrationControl control;

    VerificationResource(MigrationControl control) {
        this.control = control;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Uni<Response> starts() {
        return control.parts()
                .map(parts ->
                        parts.verification().starts().map(starts -> Responses.json(MigrationBodies.starts(starts))))
                .orElseGet(() -> Uni.createFrom().item(MigrationBodies.refused(MigrationResource.NOT_CONFIGURED)));
    }

    @POST
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> compare(byte[] body) {
        MigrationRequests.VerifyRequest request = MigrationRequests.verify(body);
        return control.parts()
                .map(parts -> Uni.createFrom()
                        .deferred(() -> parts.verification().compare(request.position(), request.keys()))
                        .map(part -> Responses.json(MigrationBodies.part(part))))
                .orElseGet(() -> Uni.createFrom().item(MigrationBodies.refused(MigrationResource.NOT_CONFIGURED)));
    }
}
