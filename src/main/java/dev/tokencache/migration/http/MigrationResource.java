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
import dev.tokencache.migration.MigrationChange;
import dev.tokencache.migration.MigrationControl;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** The state of a migration: {@code /v1/admin/migration}. Every instance returns the same. */
@Path("/v1/admin/migration")
final class MigrationResource {

    static final List<String> NOT_CONFIGURED =
            List.of("no migration is configured: tokencache.migration.legacy.hosts is not set");

    private final MigrationControl control;
    private final AuditLog audit;

    MigrationResource(MigrationControl control, AuditLog audit) {
        this.control = control;
        this.audit = audit;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Uni<Response> status() {
        return control.parts()
                .map(parts -> parts.dial().status().map(status -> Responses.json(MigrationBodies.status(status))))
                .orElseGet(() -> Uni.createFrom().item(Responses.json(MigrationBodies.off())));
    }

    @PUT
    @Allowed(Role.ADMIN)
    @Body(Body.JSON)
    public Uni<Response> change(byte[] body, @Context ContainerRequestContext context) {
        MigrationChange change = MigrationRequests.change(body);
        String caller = CallerFilter.callerOf(context).id();
        AuditTarget target = change.phase().map(AuditTarget::ofPhase).orElse(AuditTarget.NOTHING);
        return control.parts()
                .map(parts -> parts.dial()
                        .change(change, caller)
                        .invoke(outcome ->
                                audit.write(new AuditEntry(Action.CHANGE_MIGRATION, caller, target, resultOf(outcome))))
                        .onFailure(StoreUnavailableException.class)
                        .invoke(failure ->
                                audit.write(new AuditEntry(Action.CHANGE_MIGRATION, caller, target, Result.UNKNOWN)))
                        .map(MigrationResource::response))
                .orElseGet(() -> Uni.createFrom().item(MigrationBodies.refused(NOT_CONFIGURED)));
    }

    private static Response response(MigrationDial.Outcome outcome) {
        return outcome instanceof MigrationDial.Outcome.Changed changed
                ? Responses.json(MigrationBodies.status(changed.status()))
                : MigrationBodies.refused(
                        ((MigrationDial.Outcome.Refused) outcome).why().reasons());
    }

    private static Result resultOf(MigrationDial.Outcome outcome) {
        return outcome instanceof MigrationDial.Outcome.Changed ? Result.DONE : Result.REFUSED;
    }
}
