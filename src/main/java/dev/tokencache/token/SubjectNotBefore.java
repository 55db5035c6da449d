package dev.tokencache.token;

/**
 * The outcome of expiring a subject. Times are in milliseconds since the epoch.
 *
 * @param notBeforeMillis tokens issued up to then are inactive
 * @param latestIssueMillis the latest issue among the subject's tokens. Later than the not-before time only if the caller
 *     gave an earlier one
 */
public record SubjectNotBefore(long notBeforeMillis, long latestIssueMillis, Durability durability) {

    public SubjectNotBefore(long notBeforeMillis, Durability durability) {
        this(notBeforeMillis, notBeforeMillis, durability);
    }

    public boolean hasLaterIssue() {
        return latestIssueMillis > notBeforeMillis;
    }
}
