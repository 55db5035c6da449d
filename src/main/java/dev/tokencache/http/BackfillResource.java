package dev.tokencache.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Role;
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

/** The backfill: {@code /v1/admin/migration/backfill}, the same at every replica, whichever of them runs it. */
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
                        parts.backfill().progress().map(progress -> Replies.json(MigrationAnswers.backfill(progress))))
                .orElseGet(() -> Uni.createFrom().item(MigrationAnswers.refused(MigrationResource.NOT_CONFIGURED)));
    }

    @POST
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> request(byte[] body, @Context ContainerRequestContext context) {
        Backfill.Wish wish = MigrationRequests.backfill(body);
        String caller = CallerFilter.callerOf(context).id();
        return control.parts()
                .map(parts -> parts.backfill()
                        .request(wish, caller)
                        .invoke(outcome -> audit.write(entry(caller, resultOf(outcome))))
                        .onFailure(StoreUnavailableException.class)
                        .invoke(failure -> audit.write(entry(caller, Result.UNKNOWN)))
                        .map(BackfillResource::answer))
                .orElseGet(() -> Uni.createFrom().item(MigrationAnswers.refused(MigrationResource.NOT_CONFIGURED)));
    }

    private static AuditEntry entry(String caller, Result result) {
        return new AuditEntry(AuditEntry.Action.REQUEST_BACKFILL, caller, AuditTarget.NOTHING, result);
    }

    private static Result resultOf(Backfill.Outcome outcome) {
        return outcome instanceof Backfill.Outcome.Accepted ? Result.DONE : Result.REFUSED;
    }

    private static Response answer(Backfill.Outcome outcome) {
        return outcome instanceof Backfill.Outcome.Accepted accepted
                ? Replies.json(MigrationAnswers.backfill(accepted.progress()))
                : MigrationAnswers.refused(List.of(((Backfill.Outcome.Refused) outcome).reason()));
    }
}
