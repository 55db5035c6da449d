package dev.tokencache.migration.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.Body;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.Responses;
import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.MigrationControl;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** The backfill: {@code /v1/admin/migration/backfill}. Every instance serves it, whichever one runs the backfill. */
@Path("/v1/admin/migration/backfill")
final class BackfillResource {

    private final MigrationControl control;
    private final AuditLog audit;

    BackfillResource(MigrationControl control, AuditLog audit) {
        this.control = control;
        this.audit = audit;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Uni<Response> progress() {
        return control.parts()
                .map(parts ->
                        parts.backfill().progress().map(progress -> Responses.json(MigrationBodies.backfill(progress))))
                .orElseGet(() -> Uni.createFrom().item(MigrationBodies.refused(MigrationResource.NOT_CONFIGURED)));
    }

    @POST
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> request(byte[] body, @Context ContainerRequestContext context) {
        Backfill.Change change = MigrationRequests.backfill(body);
        String caller = CallerFilter.callerOf(context).id();
        return control.parts()
                .map(parts -> parts.backfill()
                        .request(change, caller)
                        .invoke(outcome -> audit.write(entry(caller, resultOf(outcome))))
                        .onFailure(StoreUnavailableException.class)
                        .invoke(failure -> audit.write(entry(caller, Result.UNKNOWN)))
                        .map(BackfillResource::response))
                .orElseGet(() -> Uni.createFrom().item(MigrationBodies.refused(MigrationResource.NOT_CONFIGURED)));
    }

    private static AuditEntry entry(String caller, Result result) {
        return new AuditEntry(AuditEntry.Action.REQUEST_BACKFILL, caller, AuditTarget.NOTHING, result);
    }

    private static Result resultOf(Backfill.Outcome outcome) {
        return outcome instanceof Backfill.Outcome.Accepted ? Result.DONE : Result.REFUSED;
    }

    private static Response response(Backfill.Outcome outcome) {
        return outcome instanceof Backfill.Outcome.Accepted accepted
                ? Responses.json(MigrationBodies.backfill(accepted.progress()))
                : MigrationBodies.refused(List.of(((Backfill.Outcome.Refused) outcome).reason()));
    }
}
