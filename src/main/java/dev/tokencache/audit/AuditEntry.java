package dev.tokencache.audit;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Locale;
import java.util.regex.Pattern;

/** One line of the audit log; {@code caller} is the id of the caller. */
public record AuditEntry(Action action, String caller, AuditTarget target, Result result) {

    public enum Action {
        CREATE,
        RENEW,
        EXPIRE,
        /** The token was expired because its subject had too many. */
        EVICT,
        EXPIRE_SUBJECT,
        READ,
        LIST,
        READ_JOURNAL,
        READ_DOCTOR,
        CHANGE_MIGRATION,
        REQUEST_BACKFILL,
        RELOAD,
        START_DRILL,
        ABORT_DRILL
    }

    public enum Result {
        DONE,
        /** Done, but fewer replicas than configured have it. */
        UNDER_REPLICATED,
        /** Done, and journaled until Redis accepts it. */
        JOURNALED,
        INACTIVE,
        /** The caller's own token string belongs to an active token. */
        TAKEN,
        REFUSED,
        /** Redis was unreachable or did not reply: the action may have been done. */
        UNKNOWN,
        FAILED
    }

    /** Values that are written without quotes. */
    private static final Pattern PLAIN = Pattern.compile("[\\w.:@/-]+");

    String text() {
        String middle = target.isNothing() ? "" : " " + target.name() + "=" + target.value();
        return "action=" + word(action) + " caller=" + (PLAIN.matcher(caller).matches() ? caller : quoted(caller))
                + middle + " result=" + word(result);
    }

    String json() {
        String middle = target.isNothing() ? "" : ",\"" + target.name() + "\":\"" + target.value() + "\"";
        return "{\"action\":\"" + word(action) + "\",\"caller\":" + quoted(caller) + middle + ",\"result\":\""
                + word(result) + "\"}";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Quotes as JSON does, so that a caller's id cannot forge another field or line. */
    private static String quoted(String value) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
    }
}
