package dev.tokencache.reload.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Action;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.Responses;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.reload.Reload.Outcome;
import dev.tokencache.reload.ReloadTriggers;
import dev.tokencache.token.InvalidRequestException.Violation;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** {@code /v1/admin/reload}: reads the configuration of this process again. */
@Path("/v1/admin/reload")
final class ReloadResource {

    private final ReloadTriggers triggers;
    private final AuditLog audit;

    ReloadResource(ReloadTriggers triggers, AuditLog audit) {
        this.triggers = triggers;
        this.audit = audit;
    }

    @POST
    @Allowed(Role.ADMIN)
    public Uni<Response> reload(@Context ContainerRequestContext context) {
        String caller = CallerFilter.callerOf(context).id();
        return Uni.createFrom()
                .completionStage(() -> triggers.reload().toCompletionStage())
                .invoke(outcome -> audit.write(new AuditEntry(
                        Action.RELOAD,
                        caller,
                        AuditTarget.NOTHING,
                        outcome instanceof Outcome.Done ? Result.DONE : Result.REFUSED)))
                .map(ReloadResource::response);
    }

    private static Response response(Outcome outcome) {
        if (outcome instanceof Outcome.Invalid invalid) {
            throw new ProblemException(problem(invalid.violations()));
        }
        Outcome.Done done = (Outcome.Done) outcome;
        return Responses.json(
                new JsonDocument().with("changed", done.changed()).with("restart_required", done.restartRequired()));
    }

    private static Problem problem(List<Violation> violations) {
        Violation first = violations.get(0);
        return new Problem(
                409,
                "invalid-configuration",
                "The configuration is invalid",
                first.field() + " " + first.message() + "; the old values stay in use",
                violations,
                "invalid_request");
    }
}
