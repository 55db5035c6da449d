package dev.tokencache.audit;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One line of the audit log.
 *
 * @param action what was asked for
 * @param caller the id of the caller that asked
 * @param target what it was done to
 * @param result what became of it
 */
public record AuditEntry(Action action, String caller, AuditTarget target, Result result) {

    /** What callers do that is worth a line. */
    public enum Action {
        CREATE,
        RENEW,
        EXPIRE,
        EXPIRE_SUBJECT,
        READ,
        LIST,
        READ_JOURNAL,
        CHANGE_MIGRATION,
        REQUEST_BACKFILL
    }

    /** What became of an action. */
    public enum Result {
        /** It was done. */
        DONE,
        /** It was done, but fewer replicas have it than were asked for. */
        UNDER_REPLICATED,
        /** It was done, and waits in the journal for Redis. */
        JOURNALED,
        /** There was no live token. */
        INACTIVE,
        /** The caller's own token string is that of a live token. */
        TAKEN,
        /** A rule forbids it. */
        REFUSED,
        /** Redis could not be asked, or did not answer: it may have been done. */
        UNKNOWN,
        /** The service itself failed; its log says how. */
        FAILED
    }

    /** Values that need no quotes. */
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

    /** As in JSON, so that no caller's name can look like another field or another line. */
    private static String quoted(String value) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
    }
}
