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

/** {@code /v1/admin/journal}: the journal's state in this process. */
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
        JournalHealth.Snapshot snapshot = journal.snapshot();
        return Responses.json(Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("kind", snapshot.kind());
            if (!snapshot.isOff()) {
                json.writeStringField("state", snapshot.state());
                json.writeNumberField("entries", snapshot.entries());
                json.writeNumberField("oldest_age", snapshot.oldestAgeSeconds());
                json.writeNumberField("replayed", snapshot.replayed());
                json.writeNumberField("dropped", snapshot.dropped());
                json.writeNumberField("failed", snapshot.failed());
            }
            json.writeEndObject();
        }));
    }
}
