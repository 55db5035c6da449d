package dev.tokencache.token;

/** The outcome of expiring a subject: its tokens issued up to then, milliseconds since the epoch, are inactive. */
public record SubjectNotBefore(long notBeforeMillis, Durability durability) {}
