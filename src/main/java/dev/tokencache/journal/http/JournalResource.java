package dev.tokencache.journal.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.Responses;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournalStorage;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code /v1/admin/journal}: the journal's state in this process. */
@Path("/v1/admin/journal")
final class JournalResource {

    private final JournalStorage journal;
    private final JournalMetrics metrics;
    private final AuditLog audit;

    JournalResource(JournalStorage journal, JournalMetrics metrics, AuditLog audit) {
        this.metrics = metrics;
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
        JournalStatus status = journal.status();
        JournalMetrics.Totals totals = metrics.totals();
        JsonDocument document = new JsonDocument().with("kind", status.kindLabel());
        if (!status.isOff()) {
            document.with("state", status.stateLabel())
                    .with("entries", status.entries())
                    .with("oldest_age", status.oldestAge().toSeconds())
                    .with("replayed", totals.replayed())
                    .with("dropped", totals.dropped())
                    .with("failed", totals.failed());
        }
        return Responses.json(document);
    }
}
