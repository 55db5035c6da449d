package dev.tokencache.token;

/**
 * The outcome of expiring a subject.
 *
 * @param notBeforeMillis the subject's not-before time, in milliseconds since the epoch: tokens issued at or before it are
 *     inactive
 */
public record SubjectNotBefore(long notBeforeMillis, Durability durability) {}
