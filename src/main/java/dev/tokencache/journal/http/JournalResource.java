package dev.tokencache.journal.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.Responses;
import dev.tokencache.http.json.Json;
import dev.tokencache.journal.health.JournalHealth;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** What waits for Redis: {@code /v1/admin/journal}, as this process sees it. */
@Path("/v1/admin/journal")
final class JournalResource {

    private final JournalHealth journal;
    private final AuditLog audit;

    JournalResource(JournalHealth journal, AuditLog audit) {
        this.journal = journal;
        this.audit = audit;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Response journal(@Context ContainerRequestContext context) {
        audit.write(new AuditEntry(
                AuditEntry.Action.READ_JOURNAL,
                CallerFilter.callerOf(context).id(),
                AuditTarget.NOTHING,
                AuditEntry.Result.DONE));
        JournalHealth.Snapshot seen = journal.snapshot();
        return Responses.json(Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("kind", seen.kind());
            if (!seen.isOff()) {
                json.writeStringField("state", seen.state());
                json.writeNumberField("entries", seen.entries());
                json.writeNumberField("oldest_age", seen.oldestAgeSeconds());
                json.writeNumberField("replayed", seen.replayed());
                json.writeNumberField("dropped", seen.dropped());
                json.writeNumberField("failed", seen.failed());
            }
            json.writeEndObject();
        }));
    }
}
