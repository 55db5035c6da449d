package dev.tokencache.migration.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Action;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.Body;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.Responses;
import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationDial.Change;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.Function;

/**
 * {@code /v1/admin/migration}: the state, the backfill, and a comparison of both sides, one part per request. Every instance
 * returns the same state, whichever one runs the backfill.
 */
@Path("/v1/admin/migration")
final class MigrationResource {

    private static final List<String> NOT_CONFIGURED =
            List.of("no migration is configured: tokencache.migration.legacy.hosts is not set");

    private final Migration.Configured configured;
    private final AuditLog audit;

    MigrationResource(Migration.Configured configured, AuditLog audit) {
        this.configured = configured;
        this.audit = audit;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Uni<Response> status() {
        return configured
                .migration()
                .map(migration ->
                        migration.dial().status().map(status -> Responses.json(MigrationBodies.status(status))))
                .orElseGet(() -> Uni.createFrom().item(Responses.json(MigrationBodies.off())));
    }

    @PUT
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> change(byte[] body, @Context ContainerRequestContext context) {
        Change change = MigrationRequests.change(body);
        String caller = CallerFilter.callerOf(context).id();
        AuditTarget target =
                change.phase().map(Step::label).map(AuditTarget::ofPhase).orElse(AuditTarget.NOTHING);
        return audited(Action.CHANGE_MIGRATION, caller, target, migration -> migration
                .dial()
                .change(change, caller)
                .map(MigrationResource::response));
    }

    private static Response response(MigrationDial.Outcome outcome) {
        return outcome instanceof MigrationDial.Outcome.Changed changed
                ? Responses.json(MigrationBodies.status(changed.status()))
                : MigrationBodies.refused(((MigrationDial.Outcome.Refused) outcome).reasons());
    }

    @GET
    @Path("/backfill")
    @Allowed(Role.ADMIN)
    public Uni<Response> progress() {
        return ifConfigured(migration ->
                migration.backfill().progress().map(progress -> Responses.json(MigrationBodies.backfill(progress))));
    }

    @POST
    @Path("/backfill")
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> requestBackfill(byte[] body, @Context ContainerRequestContext context) {
        Backfill.Change change = MigrationRequests.backfill(body);
        String caller = CallerFilter.callerOf(context).id();
        return audited(Action.REQUEST_BACKFILL, caller, AuditTarget.NOTHING, migration -> migration
                .backfill()
                .request(change, caller)
                .map(MigrationResource::response));
    }

    private static Response response(Backfill.Outcome outcome) {
        return outcome instanceof Backfill.Outcome.Accepted accepted
                ? Responses.json(MigrationBodies.backfill(accepted.progress()))
                : MigrationBodies.refused(List.of(((Backfill.Outcome.Refused) outcome).reason()));
    }

    @GET
    @Path("/verify")
    @Allowed(Role.ADMIN)
    public Uni<Response> starts() {
        return ifConfigured(migration ->
                migration.verification().starts().map(starts -> Responses.json(MigrationBodies.starts(starts))));
    }

    @POST
    @Path("/verify")
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> compare(byte[] body) {
        MigrationRequests.VerifyRequest request = MigrationRequests.verify(body);
        return ifConfigured(migration -> migration
                .verification()
                .compare(request.position(), request.keys())
                .map(part -> Responses.json(MigrationBodies.part(part))));
    }

    private Uni<Response> ifConfigured(Function<Migration, Uni<Response>> call) {
        return configured.migration().map(call).orElseGet(() -> Uni.createFrom()
                .item(MigrationBodies.refused(NOT_CONFIGURED)));
    }

    private Uni<Response> audited(
            Action action, String caller, AuditTarget target, Function<Migration, Uni<Response>> call) {
        return ifConfigured(migration -> call.apply(migration)
                .invoke(response -> audit.write(new AuditEntry(
                        action, caller, target, response.getStatus() == 200 ? Result.DONE : Result.REFUSED)))
                .onFailure(StoreUnavailableException.class)
                .invoke(failure -> audit.write(new AuditEntry(action, caller, target, Result.UNKNOWN))));
    }
}
